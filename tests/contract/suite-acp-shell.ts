import { describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import type { SessionResource } from '../../src/protocol/session.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

/** 1.3 acp: `persistent_session_key`, a shell that the agent's terminals share with each other and with others. */
export function acpShellSuite(door: Door): void {
  const shell = door.sessionShell?.name ?? (door.platform === 'posix' ? 'bash' : 'cmd');

  describe('1.3 acp: persistent_session_key', () => {
    const rig = sharedRig(door);
    const key = () => `shared-${crypto.randomUUID()}`;
    const run = async (prompt: string, name: string, fields = {}) => {
      const done = await rig().agents.run(prompt, { persistent_session_key: name, persistent_shell: shell, ...fields });
      return { ...done, stdout: done.stdout.replaceAll('\r', '') };
    };
    const session = (name: string) => rig().get<SessionResource>(`/sessions/${name}`);

    test('the record names the shell; terminals run in it one after the other, and what they set lasts', async () => {
      const { sessionCommands: commands } = rig();
      const name = key();
      const done = await run(
        `[[terminal ${commands.setVariable('COLOUR', 'green')}]][[terminal ${commands.printVariable('COLOUR')}]]`,
        name,
      );
      expect(done).toMatchObject({
        status: 'completed',
        persistentShell: shell,
        stdout: 'terminal: exit 0: terminal: exit 0: green\n',
      });
      expect('sessionKey' in done).toBe(false);
      expect(await session(name)).toMatchObject({ sessionKey: name, shell, status: 'idle', processAlive: true });
      // The next job's agent finds it, and so does a command of mode persistent_shell.
      expect((await run(`[[terminal ${commands.printVariable('COLOUR')}]]`, name)).stdout).toBe(
        'terminal: exit 0: green\n',
      );
      const command = await rig().run(commands.printVariable('COLOUR'), {
        mode: 'persistent_shell',
        sessionKey: name,
        shell,
      });
      expect(command.stdout).toBe('green\n');
      await rig().ask(`/sessions/${name}`, { method: 'DELETE' });
    });

    test('without a terminal there is no shell', async () => {
      const name = key();
      expect(await run('[[say hi]]', name)).toMatchObject({
        status: 'completed',
        persistentShell: shell,
        stdout: 'hi',
      });
      expect((await rig().ask(`/sessions/${name}`)).status).toBe(404);
    });

    test('folder and environment of the job are the seed of the shell; exit codes are those of the commands', async () => {
      const { sessionCommands: commands } = rig();
      const name = key();
      mkdirSync(rig().path('seed'), { recursive: true });
      const workdir = rig().door.nativePath(rig().path('seed'));
      const prompt = `[[terminal ${commands.printWorkdir}]][[terminal ${commands.printVariable('SEED')}]]`;
      const first = await run(prompt, name, { workdir, env: { SEED: 'sown' } });
      expect(first.stdout).toBe(`terminal: exit 0: ${workdir}\nterminal: exit 0: sown\n`);
      // Of a shell that is there they change nothing.
      expect((await run(prompt, name, { env: { SEED: 'other' } })).stdout).toBe(first.stdout);
      expect((await run('[[terminal no-such-program-here]]', name)).stdout).toMatch(/^terminal: exit (127|1|9009): ./);
      await rig().ask(`/sessions/${name}`, { method: 'DELETE' });
    });

    test('a terminal that is killed costs the shell its process: the next command gets one with the seed', async () => {
      const { sessionCommands: commands } = rig();
      const name = key();
      const marker = rig().marker();
      const print = `[[terminal ${commands.printVariable('SEED')}]][[terminal ${commands.printVariable('COLOUR')}]]`;
      const { stdout } = await run(
        `[[terminal ${commands.setVariable('COLOUR', 'green')}]][[terminal-kill ${commands.hang(marker)}]]${print}`,
        name,
        { env: { SEED: 'sown' } },
      );
      expect(stdout).toMatch(
        /^terminal: exit 0: terminal: exit (?!0)-?\d+: .*terminal: exit 0: sown\nterminal: exit 0: \n$/s,
      );
      expect(rig().marked(marker)).toEqual([]);
      await rig().ask(`/sessions/${name}`, { method: 'DELETE' });
    });

    test('the job ends, by itself or by its timeout: what runs in its terminals ends, the shell stays', async () => {
      const { sessionCommands: commands } = rig();
      const name = key();
      const marker = rig().marker();
      const done = await run(`[[terminal-hold ${commands.hang(marker)}]]`, name);
      expect(done).toMatchObject({ status: 'completed' });
      expect(rig().marked(marker)).toEqual([]);
      const timeout = await run(`[[terminal ${commands.hang(marker)}]]`, name, { timeout: 3 });
      expect(timeout).toMatchObject({ status: 'timeout', stopReason: 'timeout' });
      expect(rig().marked(marker)).toEqual([]);
      expect((await run(`[[terminal ${commands.print('still here')}]]`, name)).stdout).toBe(
        'terminal: exit 0: still here\n',
      );
      await rig().ask(`/sessions/${name}`, { method: 'DELETE' });
    });

    test('a key that another kind of shell has: the terminal fails, and says so to the agent', async () => {
      const name = key();
      const other = ['sh', 'cmd'].find((one) => one !== shell && (one === 'sh') === (door.platform === 'posix'));
      if (other === undefined)
        return void process.stdout.write('a second kind of shell: skipped, Wine has one alone\n');
      await rig().run('true', { mode: 'persistent_shell', sessionKey: name, shell: other });
      const { stdout, status } = await run('[[terminal true]]', name);
      expect({ status, stdout }).toMatchObject({
        status: 'completed',
        stdout: expect.stringContaining(`session '${name}' already uses shell '${other}'`),
      });
    });
  });
}
