/** terminals.md, the resource: what programs do with terminals without a socket. */
import { describe, expect, test } from 'bun:test';
import type { TerminalOutput, TerminalResource } from '../../src/protocol/terminal.ts';
import type { Door } from '../support/doors.ts';
import type { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';
import { linesFor, openTerminal, readUntil } from './terminal-lines.ts';

export function terminalsSuite(door: Door): void {
  describe('terminals', () => {
    const rig = sharedRig(door);
    const type = (id: string, line: string) =>
      rig().post(`/terminals/${id}/input`, { data: `${line}${linesFor(rig()).enter}` });
    const record = (id: string) => rig().get<TerminalResource>(`/terminals/${id}`);
    const exited = (id: string) =>
      rig().waitFor(`terminal ${id} to exit`, async () => {
        const found = await record(id);
        return found.status === 'exited' ? found : undefined;
      });

    test('one is made, listed, found by id and by name, and deleted', async () => {
      const { status, body } = await rig().ask('/terminals', {
        json: { shell: linesFor(rig()).shell, name: 'first one', cols: 100, rows: 30 },
      });
      const made = body as TerminalResource;
      expect(status).toBe(201);
      expect(made).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{12}$/),
        name: 'first one',
        shell: linesFor(rig()).shell,
        pid: expect.any(Number),
        cols: 100,
        rows: 30,
        createdAt: expect.any(Number),
        lastInputAt: null,
        lastOutputAt: made.lastOutputAt,
        attached: 0,
        bytes: made.bytes,
        status: 'running',
        exitCode: null,
      });
      expect(Math.abs(made.createdAt - Date.now() / 1000)).toBeLessThan(60);
      const second = await openTerminal(rig());
      expect(second).toMatchObject({ name: null, cols: 80, rows: 24 });
      expect((await rig().get<TerminalResource[]>('/terminals')).map(({ id }) => id)).toEqual([made.id, second.id]);
      expect((await record('first%20one')).id).toBe(made.id);
      expect((await record(made.id)).pid).toBe(made.pid);
      expect(await rig().ask('/terminals/first%20one', { method: 'DELETE' })).toMatchObject({
        status: 200,
        body: { deleted: true, id: made.id },
      });
      expect(rig().alive(made.pid) && door.platform === 'posix').toBe(false);
      await rig().ask(`/terminals/${second.id}`, { method: 'DELETE' });
      expect(await rig().get<unknown>('/terminals')).toEqual([]);
    });

    test('what there is not is 404, whatever is asked of it', async () => {
      for (const [method, path, json] of [
        ['GET', '', undefined],
        ['DELETE', '', undefined],
        ['GET', '/output', undefined],
        ['POST', '/input', { data: 'x' }],
        ['POST', '/resize', { cols: 80, rows: 24 }],
      ] as const) {
        const { status, body } = await rig().ask(`/terminals/nobody${path}`, { method, json });
        expect({ path, status, body }).toEqual({ path, status: 404, body: { error: 'terminal not found' } });
      }
    });

    test('nothing is answered without the key', async () => {
      const { id } = await openTerminal(rig());
      for (const [method, path] of [
        ['GET', '/terminals'],
        ['POST', '/terminals'],
        ['GET', `/terminals/${id}`],
        ['DELETE', `/terminals/${id}`],
        ['GET', `/terminals/${id}/output`],
        ['POST', `/terminals/${id}/input`],
        ['POST', `/terminals/${id}/resize`],
        ['POST', '/tickets'],
        ['GET', '/terminal'],
      ] as const) {
        const { status, body } = await rig().ask(path, { method, key: null });
        expect({ path, status, body }).toEqual({ path, status: 401, body: { error: 'invalid or missing API key' } });
      }
      expect((await record(id)).status).toBe('running');
    });

    test('is typed into and read by offset, nothing lost and nothing twice', async () => {
      const { id } = await openTerminal(rig());
      expect(await type(id, linesFor(rig()).sum(1_111_111, 2_222_222))).toEqual({ accepted: true });
      await readUntil(rig(), id, '3333333');
      await type(id, linesFor(rig()).sum(4_444_444, 2_222_222));
      const all = await readUntil(rig(), id, '6666666');
      const { data, next, dropped } = await rig().get<TerminalOutput>(`/terminals/${id}/output`);
      expect(dropped).toBe(0);
      expect(data.startsWith(all)).toBe(true);
      expect(Buffer.byteLength(data)).toBe(next);
      const half = await rig().get<TerminalOutput>(`/terminals/${id}/output?since=10`);
      expect(half.data.startsWith(data.slice(10))).toBe(true);
      expect(await record(id)).toMatchObject({ lastInputAt: expect.any(Number), lastOutputAt: expect.any(Number) });
      expect((await record(id)).bytes).toBeGreaterThanOrEqual(next);
    });

    test('a long-poll answers when there is something, and when its time is over', async () => {
      const { id } = await openTerminal(rig());
      await type(id, linesFor(rig()).sum(1_000_001, 1_000_001));
      await readUntil(rig(), id, '2000002');
      const end = await settled(rig(), id);
      const nothing = await rig().get<TerminalOutput>(`/terminals/${id}/output?since=${end}&wait=0.05`);
      expect(nothing).toEqual({ data: '', next: end, dropped: 0 });
      const poll = rig().get<TerminalOutput>(`/terminals/${id}/output?since=${end}&wait=30`);
      await type(id, '');
      expect((await poll).data).not.toBe('');
      // Beyond the end is the end.
      expect(await rig().get<TerminalOutput>(`/terminals/${id}/output?since=${end + 1_000_000}`)).toMatchObject({
        data: '',
        dropped: 0,
      });
    });

    test('a size beyond what there is becomes the nearest', async () => {
      const { id, cols, rows } = await openTerminal(rig(), { cols: 1e9, rows: 0 });
      expect({ cols, rows }).toEqual({ cols: 500, rows: 2 });
      for (const [asked, got] of [
        [
          { cols: 0, rows: 0 },
          { cols: 10, rows: 2 },
        ],
        [
          { cols: 1e9, rows: 1e9 },
          { cols: 500, rows: 200 },
        ],
        [
          { cols: -5, rows: 1e15 },
          { cols: 10, rows: 200 },
        ],
        [
          { cols: 132, rows: 43 },
          { cols: 132, rows: 43 },
        ],
      ] as const) {
        expect(await rig().post<TerminalResource>(`/terminals/${id}/resize`, asked)).toMatchObject(got);
        expect(await record(id)).toMatchObject(got);
      }
      // Wine's console knows nothing of ResizePseudoConsole: whether the program sees it is tried on POSIX only.
      if (door.platform !== 'posix') return;
      await type(id, 'stty size');
      await readUntil(rig(), id, '43 132');
    });

    test('of which the shell has exited stays readable until it is deleted', async () => {
      const { id } = await openTerminal(rig());
      await type(id, linesFor(rig()).sum(5_000_000, 555_555));
      await readUntil(rig(), id, '5555555');
      await type(id, 'exit 7');
      expect(await exited(id)).toMatchObject({ exitCode: 7, attached: 0 });
      expect((await rig().get<TerminalOutput>(`/terminals/${id}/output`)).data).toContain('5555555');
      const { bytes } = await record(id);
      expect(await rig().get<TerminalOutput>(`/terminals/${id}/output?since=${bytes}&wait=30`)).toEqual({
        data: '',
        next: bytes,
        dropped: 0,
      });
      for (const [path, json] of [
        ['input', { data: 'x' }],
        ['resize', { cols: 90, rows: 20 }],
      ] as const) {
        const { status, body } = await rig().ask(`/terminals/${id}/${path}`, { json });
        expect({ status, body }).toEqual({ status: 409, body: { error: 'the terminal has exited' } });
      }
      expect((await rig().ask(`/terminals/${id}`, { method: 'DELETE' })).status).toBe(200);
      expect((await rig().ask(`/terminals/${id}`)).status).toBe(404);
    });

    test('takes its folder, its variables and its arguments; never the key', async () => {
      const { commands } = rig();
      const { id } = await openTerminal(rig(), { workdir: '', env: { GREETING: 'bonjour' } });
      await type(id, commands.printVariable('GREETING'));
      await readUntil(rig(), id, 'bonjour');
      await type(id, commands.printEnvironment);
      await type(id, linesFor(rig()).sum(7_000_000, 777_777));
      const all = await readUntil(rig(), id, '7777777');
      expect(all).not.toContain(rig().key);
      expect(all).toContain('TERM=xterm-256color');
      if (door.platform !== 'posix') return;
      const args = ['-c', 'pwd; printf "[%s]" "$@"; sleep 0.2', 'sh', 'two words', '$HOME'];
      const other = await openTerminal(rig(), { workdir: '/usr', args });
      await exited(other.id);
      const { data } = await rig().get<TerminalOutput>(`/terminals/${other.id}/output`);
      expect(data).toBe('/usr\r\n[two words][$HOME]');
    });

    test('takes along what it started in the background', async () => {
      const marker = rig().marker();
      const { id } = await openTerminal(rig());
      await type(id, rig().commands.hangInBackground(marker));
      await rig().waitFor('the background process', () => rig().marked(marker).length > 0);
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
      await rig().waitFor('its end', () => rig().marked(marker).length === 0);
    });

    test('health counts those that run', async () => {
      const counted = async () => (await rig().get<{ terminal_sessions: number }>('/health')).terminal_sessions;
      const before = await counted();
      const { id } = await openTerminal(rig());
      expect(await rig().get<object>('/health')).toMatchObject({
        terminal_supported: true,
        terminal_sessions: before + 1,
      });
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
      expect(await counted()).toBe(before);
    });

    test('Ctrl-Space can be typed: input may hold a NUL', async () => {
      const { id } = await openTerminal(rig());
      expect(await rig().post(`/terminals/${id}/input`, { data: '\u0000' })).toEqual({ accepted: true });
    });

    test('a socket that is asked for without an upgrade: 426', async () => {
      const { status, body, headers } = await rig().ask('/terminal');
      expect({ status, body }).toEqual({
        status: 426,
        body: { error: 'this route is for WebSockets: request an upgrade' },
      });
      expect(headers.get('upgrade')).toBe('websocket');
    });

    test('a ticket is a text of its own each time', async () => {
      const tickets = await Promise.all([1, 2, 3].map(() => rig().post<{ ticket: string }>('/tickets')));
      for (const answer of tickets) expect(answer).toEqual({ ticket: expect.stringMatching(/^[\w-]{43}$/) });
      expect(new Set(tickets.map(({ ticket }) => ticket)).size).toBe(3);
    });
  });
}

/** The offset at which the shell waits for input again: nothing more comes for a while. */
async function settled(rig: Rig, id: string): Promise<number> {
  for (let since = 0; ;) {
    const { data, next } = await rig.get<TerminalOutput>(`/terminals/${id}/output?since=${since}&wait=0.3`);
    if (data === '') return next;
    since = next;
  }
}
