/** terminals.md, sockets that look at a terminal: `/terminal?attach=ID`. */
import { describe, expect, test } from 'bun:test';
import type { TerminalOutput, TerminalResource, TerminalScreen } from '../../src/protocol/terminal.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { TerminalClient } from '../support/terminal-client.ts';
import { sharedRig } from './shared-rig.ts';
import { calculates, linesFor, linesOf, openTerminal, socketOn, terminalPortSocket } from './terminal-lines.ts';

export function terminalAttachSuite(door: Door): void {
  const plain = { 'terminal-shell': linesOf(door.platform).shell };

  describe('sockets that attach to a terminal', () => {
    const rig = sharedRig(door, { flags: plain });
    const posix = door.platform === 'posix';
    const record = (id: string) => rig().get<TerminalResource>(`/terminals/${id}`);
    const attach = (id: string, more = '') => socketOn(rig(), `?attach=${encodeURIComponent(id)}${more}`);
    const output = (id: string) => rig().get<TerminalOutput>(`/terminals/${id}/output`);

    test('the scrollback is replayed, and leaving does not end the terminal', async () => {
      const { id } = await openTerminal(rig(), { name: 'long lived' });
      using one = await attach(id);
      expect(await one.told('attached')).toEqual({
        type: 'attached',
        id,
        since: 0,
        next: expect.any(Number),
        dropped: 0,
      });
      await calculates(rig(), one);
      expect(await record(id)).toMatchObject({ attached: 1, status: 'running' });
      one.vanish();
      await rig().waitFor('nobody attached', async () => (await record(id)).attached === 0);
      using other = await terminalPortSocket(rig(), `/?attach=long%20lived`);
      await other.printed(one.output);
      expect(other.output.startsWith(one.output)).toBe(true);
      await calculates(rig(), other);
      expect((await record(id)).status).toBe('running');
    });

    test('all see the same bytes, and all may type', async () => {
      const { id } = await openTerminal(rig());
      using one = await attach(id);
      using two = await attach(id);
      await calculates(rig(), one);
      await two.printed(one.output);
      await calculates(rig(), two);
      await one.printed(two.output);
      const rest = (await output(id)).data;
      expect(rest.startsWith(one.output)).toBe(true);
      expect(rest.startsWith(two.output)).toBe(true);
      expect((await record(id)).attached).toBe(2);
    });

    test('who comes back with its offset misses nothing and sees nothing twice', async () => {
      const { id } = await openTerminal(rig());
      let seen = '';
      let since = 0;
      for (let round = 0; round < 5; round += 1) {
        using client = await attach(id, `&since=${since}`);
        const { since: from, dropped } = await client.told('attached');
        expect({ from, dropped }).toEqual({ from: since, dropped: 0 });
        // Gone in the middle of it.
        client.type(`${rig().commands.count(200 + round)}${linesFor(rig()).enter}`);
        // Any digit: a Windows console sends what has changed on its screen, which need not be a whole number.
        await client.printed(/\d/);
        client.vanish();
        seen += client.output;
        since += client.outputBytes;
      }
      using last = await attach(id, `&since=${since}`);
      await calculates(rig(), last);
      seen += last.output;
      expect((await output(id)).data.startsWith(seen)).toBe(true);
    });

    test('one that only looks may neither type nor resize', async () => {
      const { id, cols } = await openTerminal(rig());
      using typist = await attach(id, '&readonly=0');
      for (const word of ['1', 'true']) {
        using looker = await attach(id, `&readonly=${word}`);
        looker.type('nobody sees this');
        expect((await looker.told('error')).message).toBe('this socket is read-only');
        looker.send({ type: 'resize', cols: 99, rows: 9 });
        expect((await looker.told('error', 1)).message).toBe('this socket is read-only');
        looker.send({ type: 'ping' });
        await looker.told('pong');
        await calculates(rig(), typist);
        await looker.printed(typist.output.trimEnd());
        expect(looker.output).not.toContain('nobody sees this');
      }
      expect((await record(id)).cols).toBe(cols);
    });

    test('the last size wins, and the others are told', async () => {
      const { id } = await openTerminal(rig());
      using one = await attach(id);
      using two = await attach(id);
      one.send({ type: 'resize', cols: 120, rows: 40 });
      expect(await two.told('resize')).toEqual({ type: 'resize', cols: 120, rows: 40 });
      two.send({ type: 'resize', cols: 5, rows: 1e9 });
      expect(await one.told('resize')).toEqual({ type: 'resize', cols: 10, rows: 200 });
      await rig().post(`/terminals/${id}/resize`, { cols: 90, rows: 25 });
      expect(await one.told('resize', 1)).toEqual({ type: 'resize', cols: 90, rows: 25 });
      expect(await two.told('resize', 1)).toEqual({ type: 'resize', cols: 90, rows: 25 });
      expect(await record(id)).toMatchObject({ cols: 90, rows: 25 });
    });

    test('what is no longer kept is told', async () => {
      const { id } = await openTerminal(rig());
      // Wine's console takes minutes for a mebibyte: there, an offset beyond the end has to do.
      if (posix) {
        await rig().post(`/terminals/${id}/input`, {
          data: 'head -c 1500000 /dev/zero | tr "\\0" x; echo $((9000000+99))\n',
        });
        await rig().waitFor(
          'a mebibyte and a half',
          async () => (await output(id)).dropped === 0 && (await record(id)).bytes > 1_500_000,
        );
        await rig().waitFor('the end of it', async () =>
          (
            await rig().get<TerminalOutput>(`/terminals/${id}/output?since=${(await record(id)).bytes - 100}`)
          ).data.includes('9000099'),
        );
        const first = await rig().get<TerminalOutput>(`/terminals/${id}/output?since=0`);
        expect(first.dropped).toBeGreaterThan(400_000);
        expect(first.next).toBe(first.dropped + Buffer.byteLength(first.data));
        using late = await attach(id, '&since=0');
        const told = await late.told('attached');
        expect(told).toMatchObject({ since: told.dropped, dropped: first.dropped });
        await late.printed('9000099');
        expect(told.since + late.outputBytes).toBeGreaterThanOrEqual(told.next);
        expect(Math.max(...late.frameBytes)).toBeLessThanOrEqual(65_536);
      }
      using beyond = await attach(id, '&since=999999999');
      const { since, next, dropped } = await beyond.told('attached');
      expect({ since, dropped }).toEqual({ since: next, dropped: 0 });
      await calculates(rig(), beyond);
    });

    test('what a program has set before all that is kept leads the replay, and no offset counts it', async () => {
      // Wine's console sets no modes, and takes minutes for a mebibyte.
      if (!posix) return;
      const set = String.raw`\033[?1049h\033[?1000h\033[?1006h\033[?2004h\033[?1h\033[?25l\033]2;kept\007`;
      const program = `printf '${set}'; head -c 1500000 /dev/zero | tr '\\0' x; printf over; read -r x`;
      const { id } = await openTerminal(rig(), { shell: 'sh', args: ['-c', program] });
      await rig().waitFor(
        'the end',
        async () => (await output(id)).data.length > 0 && (await record(id)).bytes > 1_500_000,
      );
      const screen = await rig().get<TerminalScreen>(`/terminals/${id}/screen`);
      expect(screen).toMatchObject({ alternate: true, title: 'kept', cursor: { visible: false } });
      using client = await attach(id, '&since=7');
      const { state, since, dropped } = await client.told('attached');
      for (const mode of ['?1049h', '?1000h', '?1006h', '?2004h', '?1h', '?25l'])
        expect(state).toContain(`\u001b[${mode}`);
      await client.printed('over');
      expect(since).toBe(7 + dropped);
      expect(since + client.outputBytes).toBe((await record(id)).bytes);
      expect(await rig().get<TerminalOutput>(`/terminals/${id}/output?since=0`)).toMatchObject({
        state,
        dropped: since,
      });
    });

    test('its exit is told after the last output, also to who comes later', async () => {
      const { id } = await openTerminal(rig());
      using early = await attach(id);
      await calculates(rig(), early);
      early.type(`exit 5${linesFor(rig()).enter}`);
      expect(await early.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
      using late = await attach(id);
      expect(await late.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
      expect(late.controls).toEqual([
        { type: 'attached', id, since: 0, next: late.outputBytes, dropped: 0 },
        { type: 'exit', exitCode: 5 },
      ]);
      expect(late.output).toBe((await output(id)).data);
      expect(early.output).toBe(late.output);
      expect((await record(id)).attached).toBe(0);
    });

    test('a terminal that is deleted ends its sockets', async () => {
      const { id } = await openTerminal(rig());
      using client = await attach(id);
      await client.told('attached');
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
      expect(await client.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
      await client.told('exit');
    });

    test.each([
      ['a terminal that is not there', '?attach=nobody', 'terminal not found'],
      ['no terminal at all', '?attach=', 'terminal not found'],
      [
        'an offset that is no number',
        '?attach=TERMINAL&since=x',
        `since must be a whole number from 0 to ${2 ** 53 - 1}`,
      ],
      ['an offset below zero', '?attach=TERMINAL&since=-1', `since must be a whole number from 0 to ${2 ** 53 - 1}`],
      ['a doubtful readonly', '?attach=TERMINAL&readonly=maybe', 'readonly must be one of 0, 1, false, true'],
    ])('%s: an error frame, then close code 1008', async (_what, query, message) => {
      const { id } = await openTerminal(rig());
      using client = await socketOn(rig(), query.replace('TERMINAL', id));
      expect(await client.closed).toEqual({ code: 1008, reason: message });
      expect(client.controls).toEqual([{ type: 'error', message }]);
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
    });

    test('one may look at the terminal of an inherited socket, whose client hears nothing of it', async () => {
      using owner = await socketOn(rig());
      await calculates(rig(), owner);
      const [own] = (await rig().get<TerminalResource[]>('/terminals')).toReversed();
      using guest = await attach(own?.id ?? '');
      await calculates(rig(), guest);
      guest.send({ type: 'resize', cols: 100, rows: 30 });
      await rig().waitFor('the size', async () => (await record(own?.id ?? '')).cols === 100);
      owner.close();
      expect(await guest.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
      expect(owner.controls).toEqual([]);
      expect((await rig().ask(`/terminals/${own?.id}`)).status).toBe(404);
    });

    test('a ticket opens one socket, without the key', async () => {
      const { id } = await openTerminal(rig());
      for (const place of [`${rig().url}/terminal`, rig().terminalUrl]) {
        const { ticket } = await rig().post<{ ticket: string }>('/tickets');
        using client = await TerminalClient.open(`${place}?attach=${id}&ticket=${ticket}`);
        await calculates(rig(), client);
        using again = await TerminalClient.open(`${place}?attach=${id}&ticket=${ticket}`);
        expect(await again.closed).toEqual({ code: 3401, reason: 'Invalid API key' });
        await calculates(rig(), client);
      }
    });

    test('a client library’s socket works as well as ours', async () => {
      const { id } = await openTerminal(rig());
      const url = `${rig().url.replace('http', 'ws')}/terminal?attach=${id}`;
      const socket = new WebSocket(url, { headers: { 'X-API-Key': rig().key } } as never);
      let text = '';
      socket.addEventListener('message', ({ data }) => (text += String(data)));
      const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      const { sum, enter } = linesFor(rig());
      socket.send(JSON.stringify({ type: 'input', data: `${sum(2_000_000, 345_678)}${enter}exit 0${enter}` }));
      const { code, reason } = await closed;
      expect({ code, reason }).toEqual({ code: 1000, reason: 'Terminal exited' });
      expect(text).toContain('2345678');
      expect(text).toEndWith('\u0000{"type":"exit","exitCode":0}');
    });

    test('a terminal that outlives its sockets has no use for their limits', async () => {
      const flags = {
        ...plain,
        'terminal-idle-timeout': '0.2',
        'terminal-lifetime': '0.4',
        'max-terminal-sessions': '1',
      };
      await using strict = await Rig.start(door, { flags });
      const { id } = await openTerminal(strict);
      using attached = await socketOn(strict, `?attach=${id}`);
      using inherited = await socketOn(strict);
      expect((await inherited.closed).reason).toBe('Idle timeout');
      // A terminal counts until the last of it has ended.
      await strict.waitFor('its end', async () => {
        const { terminal_sessions } = await strict.get<{ terminal_sessions: number }>('/health');
        return terminal_sessions === 1;
      });
      using old = await socketOn(strict);
      const typing = setInterval(() => old.type(' '), 50);
      expect((await old.closed).reason).toBe('Session max lifetime reached');
      clearInterval(typing);
      await calculates(strict, attached);
    });
  });
}
