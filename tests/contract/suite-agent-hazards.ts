import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { textOfChunk } from '../support/rig-agents.ts';
import { sharedRig } from './shared-rig.ts';

/** agents.md: what a host must survive. */
export function agentHazardsSuite(door: Door): void {
  describe('what agents do', () => {
    const rig = sharedRig(door);
    const open = (...flags: string[]) => rig().agents.open({ flags });

    test.each(['zero', 'string', 'one'])('requests whose ids are of the style %s are answered', async (ids) => {
      await using session = await open(...(ids === 'one' ? [] : ['--ids', ids]));
      const command = rig().commands.print('x');
      const text = await session.say(
        `[[permission execute|-|ls]]|[[terminal ${command}]]|[[elicit]]|[[unknown-request]]`,
      );
      expect(text.replaceAll('\r', '')).toMatch(
        /^permission: selected allowterminal: exit 0: x\nelicitation: declineunknown: failed: -32601 \w/,
      );
    });

    test('text on stdout that is no message: skipped, and each line a warning', async () => {
      await using session = await open('--banner');
      expect(await session.say('[[say a]][[garbage]][[say b]][[odd-json]][[say c]]')).toBe('abc');
      const warnings = (await session.of('warning')).map(({ text }) => String(text));
      for (const part of ['Scripted Agent 1.0', 'Warning: this is no JSON', '[]', '987654'])
        expect(warnings.some((text) => text.includes(part))).toBe(true);
      expect((await session.record()).state).toBe('idle');
    });

    test('a line of a megabyte, and of many', async () => {
      await using session = await open();
      for (const bytes of [1024 * 1024, 20 * 1024 * 1024]) {
        const { text, stopReason } = await session.prompt(`[[big ${bytes}]]`);
        // A turn keeps 1 MiB of the text; the log has all of it.
        expect({ stopReason, characters: text.length }).toEqual({ stopReason: 'end_turn', characters: 1024 * 1024 });
        const { lastEventId } = await session.record();
        const events = await session.follow(({ event }) => event === 'turn_end', lastEventId - 4);
        const chunks = events.filter(({ event }) => event === 'agent_message_chunk');
        expect(chunks.map(({ data }) => textOfChunk(data).length)).toEqual([bytes]);
      }
      expect(await session.say('[[say fine]]')).toBe('fine');
    });

    test('an update before the answer to session/new', async () => {
      await using session = await open('--update-before-new');
      expect(await session.say('[[say fine]]')).toBe('fine');
      expect((await session.record()).commands).toEqual([]);
      expect((await session.events()).map(({ event }) => event)).toContain('available_commands_update');
    });

    test('an update of a call that was never announced', async () => {
      await using session = await open();
      expect(await session.say('[[orphan-update lost]][[say fine]]')).toBe('fine');
      expect(await session.of('tool_call_update')).toEqual([
        { sessionUpdate: 'tool_call_update', toolCallId: 'lost', status: 'completed', title: 'Never announced' },
      ]);
    });

    test('permission before the announcement, by id and title alone, and twice for one call: decided by what the call says', async () => {
      await using session = await open();
      const outside = rig().door.nativePath(rig().place.home);
      const say = (directive: string, path: string) => session.say(`[[${directive} edit|${path}|-|Edit a file]]`);
      for (const directive of ['permission-first', 'permission-bare', 'permission']) {
        expect(await say(directive, 'notes.txt')).toBe('permission: selected allow');
        expect(await say(directive, outside)).toBe('permission: selected reject');
      }
      expect(await say('permission-twice', 'notes.txt')).toBe('permission: selected allow'.repeat(2));
      const answers = await session.of('permission_answer');
      expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length);
    });

    test('a terminal: one text for the shell, without arguments or folder; or killed; or with all there is', async () => {
      await using session = await open();
      const { commands } = rig();
      const said = async (prompt: string) => (await session.say(prompt)).replaceAll('\r', '');
      expect(await said(`[[terminal ${commands.chain(commands.print('one'), commands.exit(3))}]]`)).toBe(
        'terminal: exit 3: one\n',
      );
      expect(await said(`[[terminal ${commands.printWorkdir}]]`)).toContain(rig().door.nativePath(rig().place.cwd));
      const marker = rig().marker();
      expect(await said(`[[terminal-kill ${commands.hang(marker)}]]`)).toMatch(/^terminal: exit [1-9]/);
      expect(rig().marked(marker)).toEqual([]);
      const params = {
        command: commands.printVariable('LEVEL'),
        env: [{ name: 'LEVEL', value: 'deep' }],
        outputByteLimit: 3,
      };
      expect(await said(`[[terminal-args ${JSON.stringify(params)}]]`)).toMatch(/^terminal: exit 0: [dep\n]{1,3}$/);
      expect(await said('[[terminal no-such-program-here]]')).toMatch(/^terminal: exit (127|1|9009): /);
      const [run, ...more] = await session.of('terminal_run');
      expect(run).toMatchObject({
        terminalId: expect.any(String),
        args: [],
        cwd: rig().door.nativePath(rig().place.cwd),
      });
      expect(more.length).toBeGreaterThanOrEqual(3);
      expect((await session.of('terminal_end'))[0]).toMatchObject({
        terminalId: run?.['terminalId'],
        exitCode: 3,
        truncated: false,
      });
    });

    test('files: lines of them, and what is not there, in the agent’s hands as an error', async () => {
      await using session = await open();
      const path = rig().door.nativePath(rig().path('made.txt'));
      expect(await session.say(`[[write ${path}|grün\nund blau]] [[read ${path}]]`)).toBe(
        'writtenread: grün\nund blau',
      );
      const missing = rig().door.nativePath(rig().path('missing.txt'));
      expect(await session.say(`[[read ${missing}]]`)).toMatch(/^read failed: -\d+ ./);
      expect(await session.of('file_write')).toEqual([{ path, size: 14 }]);
    });

    test('an agent behind a script, as npm installs them', async () => {
      await using session = await rig().agents.open({ agent: `"${rig().agents.script(rig().path('wrapped'))}" one` });
      const marker = rig().marker();
      expect(await session.say(`[[say hi]][[child ${marker}]]`)).toStartWith('hi');
      await session.delete();
      expect(rig().marked(marker)).toEqual([]);
    });

    test('stderr without an end of line, and much of it', async () => {
      await using session = await open();
      await session.prompt(`[[stderr ${'e'.repeat(200_000)}]][[stderr last]]`);
      await rig().waitFor('the last line', async () => (await session.of('stderr')).at(-1)?.['text'] === 'last');
      const text = (await session.of('stderr')).map((data) => String(data['text'])).join('');
      expect(text).toBe(`${'e'.repeat(200_000)}last`);
    });
  });
}
