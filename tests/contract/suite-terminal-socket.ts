/** Contract 1.7: the inherited socket, on the port after ours and at `/terminal`. */
import { describe, expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import type { ClientOptions, TerminalClient } from '../support/terminal-client.ts';
import { sharedRig } from './shared-rig.ts';
import { calculates, linesFor, linesOf, socketOn, terminalPortSocket } from './terminal-lines.ts';

type Open = (rig: Rig, options?: ClientOptions) => Promise<TerminalClient>;

const PLACES: Readonly<Record<string, Open>> = {
  'at /terminal on the main port': (rig, options) => socketOn(rig, '', options),
  'on the terminal port': (rig, options) => terminalPortSocket(rig, '/', options),
  'on the terminal port, whatever the path': (rig, options) => terminalPortSocket(rig, '/any/where%20else', options),
};

export function terminalSocketSuite(door: Door): void {
  const plain = { 'terminal-shell': linesOf(door.platform).shell };

  describe('1.7 terminal socket', () => {
    const rig = sharedRig(door, { flags: plain });
    const posix = door.platform === 'posix';
    const running = async () => (await rig().get<{ terminal_sessions: number }>('/health')).terminal_sessions;

    /** Leaves with the terminal gone, so that the next story finds the limit of two untouched. */
    async function leave(client: TerminalClient): Promise<void> {
      client.close();
      await client.closed;
      await rig().waitFor('no terminal', async () => (await running()) === 0);
    }

    describe.each(Object.entries(PLACES))('%s', (_place, open) => {
      test('a shell: what is typed runs, output is raw text, and the end is told', async () => {
        using client = await open(rig());
        await calculates(rig(), client);
        expect(client.controls).toEqual([]);
        expect(await running()).toBe(1);
        client.type(`exit 3${linesFor(rig()).enter}`);
        expect(await client.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
        expect(client.controls).toEqual([{ type: 'exit', exitCode: 3 }]);
        await rig().waitFor('no terminal', async () => (await running()) === 0);
      });

      test('a wrong or missing key: close code 3401', async () => {
        for (const key of ['wrong', '', `${rig().key}x`]) {
          using client = await open(rig(), { headers: { 'X-API-Key': key } });
          expect(client.status).toBe(101);
          expect(await client.closed).toEqual({ code: 3401, reason: 'Invalid API key' });
          expect(client.controls).toEqual([]);
        }
        expect(await running()).toBe(0);
      });
    });

    test('ping is answered with pong', async () => {
      using client = await socketOn(rig());
      client.send({ type: 'ping' });
      expect(await client.told('pong')).toEqual({ type: 'pong' });
      await leave(client);
    });

    test('a command of the query is typed into the shell, in the folder of the query', async () => {
      const { sum } = linesFor(rig());
      const folder = rig().door.nativePath(rig().place.home);
      const command = rig().commands.chain(rig().commands.printWorkdir, sum(8_000_000, 888_888));
      using client = await socketOn(rig(), `?${new URLSearchParams({ workdir: folder, command }).toString()}`);
      expect(await client.printed('8888888')).toContain(folder);
      await leave(client);
    });

    test('resize frames are clamped', async () => {
      using client = await socketOn(rig());
      const size = async () => {
        const [record] = await rig().get<TerminalResource[]>('/terminals');
        return `${record?.cols}×${record?.rows}`;
      };
      for (const [cols, rows, got] of [
        [0, 0, '10×2'],
        [1e9, 1e9, '500×200'],
        [101, 33, '101×33'],
      ] as const) {
        client.send({ type: 'resize', cols, rows });
        await rig().waitFor(`a size of ${got}`, async () => (await size()) === got);
      }
      // Wine's console knows nothing of ResizePseudoConsole: whether the program sees it is tried on POSIX only.
      if (posix) {
        client.type('stty size\n');
        await client.printed('33 101');
      }
      expect(client.controls).toEqual([]);
      await leave(client);
    });

    test('malformed frames are ignored', async () => {
      using client = await socketOn(rig());
      for (const text of [
        '',
        'x',
        '{',
        'null',
        '[]',
        '5',
        '"ping"',
        '{}',
        '{"type":"launch"}',
        '{"type":5}',
        '{"type":"input"}',
        '{"type":"input","data":5}',
        '{"type":"resize"}',
        '{"type":"resize","cols":"80","rows":24}',
        '{"type":"resize","cols":1e999,"rows":24}',
        '{"type":"resize","cols":null,"rows":24}',
        '\u0000{"type":"pong"}',
      ])
        client.sendText(text);
      await calculates(rig(), client);
      expect(client.controls).toEqual([]);
      await leave(client);
    });

    test('a frame of exactly 64 KiB works, a longer one is ignored with an error, a far longer one ends the socket', async () => {
      using client = await socketOn(rig());
      const frameOf = (bytes: number, char = 'a') => {
        const around = Buffer.byteLength(JSON.stringify({ type: 'ping', pad: '' }));
        return JSON.stringify({ type: 'ping', pad: char.repeat((bytes - around) / Buffer.byteLength(char)) });
      };
      client.sendText(frameOf(65_536));
      await client.told('pong');
      client.sendText(frameOf(65_537));
      expect((await client.told('error')).message).toContain('64 KiB');
      // Fewer characters, more bytes.
      client.sendText(frameOf(65_536 + 31, '€'));
      expect((await client.told('error', 1)).message).toContain('64 KiB');
      client.sendText(frameOf(1024 * 1024));
      expect((await client.told('error', 2)).message).toContain('64 KiB');
      await calculates(rig(), client);
      expect(client.controls.filter(({ type }) => type === 'pong')).toHaveLength(1);
      client.sendText(frameOf(1024 * 1024 + 1));
      expect([1006, 1009]).toContain((await client.closed).code);
      await rig().waitFor('no terminal', async () => (await running()) === 0);
    });

    test('binary frames are refused with a reason', async () => {
      using client = await socketOn(rig());
      client.sendBinary(Buffer.from('{"type":"ping"}'));
      expect((await client.told('error')).message).toContain('binary');
      await calculates(rig(), client);
      await leave(client);
    });

    test('the terminal ends with its socket, and takes along what it started', async () => {
      for (const end of ['close', 'vanish'] as const) {
        const marker = rig().marker();
        using client = await socketOn(rig());
        client.type(`${rig().commands.hangInBackground(marker)}${linesFor(rig()).enter}`);
        await rig().waitFor('the background process', () => rig().marked(marker).length > 0);
        client[end]();
        await rig().waitFor('its end', () => rig().marked(marker).length === 0);
        await rig().waitFor('no terminal', async () => (await running()) === 0);
      }
    });

    test('over the limit: an error frame, then close code 1013', async () => {
      using one = await socketOn(rig());
      using two = await terminalPortSocket(rig());
      await calculates(rig(), two);
      using three = await socketOn(rig());
      expect(await three.closed).toEqual({ code: 1013, reason: 'Max terminal sessions (2) reached' });
      expect(three.controls).toEqual([{ type: 'error', message: 'Max terminal sessions (2) reached' }]);
      one.close();
      await rig().waitFor('one terminal', async () => (await running()) === 1);
      using again = await socketOn(rig());
      await calculates(rig(), again);
      again.close();
      await leave(two);
    });

    test('a folder that is not there: an error frame, then close code 1011', async () => {
      using client = await socketOn(rig(), '?workdir=/not/there');
      expect(await client.closed).toEqual({ code: 1011, reason: 'Terminal could not be started' });
      expect(client.controls).toEqual([
        { type: 'error', message: expect.stringMatching(/^workdir is not a folder: .*there$/) },
      ]);
      using nul = await socketOn(rig(), '?workdir=/tmp%00');
      expect((await nul.closed).code).toBe(1008);
      expect(await running()).toBe(0);
    });

    test.skipIf(!posix)(
      'UTF-8 is put together, what is none becomes U+FFFD, and no program forges a control frame',
      async () => {
        using client = await socketOn(rig());
        // The pieces of a character come in reads of their own.
        client.type(
          String.raw`printf '\342\202'; sleep 0.05; printf '\254 \360\237'; sleep 0.05; printf '\230\200 \377\n'`,
        );
        client.type('\n');
        await client.printed('€ 😀 \ufffd');
        client.type(String.raw`printf '\000{"type":"pong"}\000\n'; echo $((6000000+666666))` + '\n');
        await client.printed('6666666');
        expect(client.output).toContain('\r\n{"type":"pong"}\r\n');
        expect(client.controls).toEqual([]);
        await leave(client);
      },
    );
  });

  describe('1.7 the limits of a socket', () => {
    test('nobody types: close code 1000, Idle timeout', async () => {
      await using rig = await Rig.start(door, { flags: { ...plain, 'terminal-idle-timeout': '0.3' } });
      using client = await socketOn(rig);
      expect(await client.closed).toEqual({ code: 1000, reason: 'Idle timeout' });
      await rig.waitFor('no terminal', async () => (await rig.get<unknown[]>('/terminals')).length === 0);
    });

    test('it is too old: close code 1000, Session max lifetime reached', async () => {
      await using rig = await Rig.start(door, { flags: { ...plain, 'terminal-lifetime': '0.5' } });
      using client = await socketOn(rig);
      expect(await client.closed).toEqual({ code: 1000, reason: 'Session max lifetime reached' });
      await rig.waitFor('no terminal', async () => (await rig.get<unknown[]>('/terminals')).length === 0);
    });

    test('the limit of sessions is a setting', async () => {
      await using rig = await Rig.start(door, { flags: { ...plain, 'max-terminal-sessions': '0' } });
      using client = await socketOn(rig);
      expect(await client.closed).toEqual({ code: 1013, reason: 'Max terminal sessions (0) reached' });
    });

    test('there may be no terminal port', async () => {
      await using rig = await Rig.start(door, { flags: { ...plain, 'terminal-port': '0' } });
      expect(() => rig.terminalUrl).toThrow('there is no terminal port');
      using client = await socketOn(rig);
      await calculates(rig, client);
    });

    test('a shell that is not there: an error frame, then close code 1011', async () => {
      await using rig = await Rig.start(door, { flags: { 'terminal-shell': 'not-a-shell' } });
      expect(await rig.get<object>('/health')).toMatchObject({ terminal_supported: false, terminal_sessions: 0 });
      using client = await socketOn(rig);
      expect(await client.closed).toEqual({ code: 1011, reason: 'Terminal could not be started' });
      expect(client.controls).toEqual([{ type: 'error', message: 'there is no such program: not-a-shell' }]);
    });

    // Terminated from outside, a Windows program learns nothing of it.
    test.skipIf(door.platform !== 'posix')('a server that stops says 1001, and its terminals end', async () => {
      await using rig = await Rig.start(door, { flags: plain });
      const marker = rig.marker();
      using client = await socketOn(rig);
      client.type(`${rig.commands.hang(marker)}\n`);
      await rig.waitFor('the process', () => rig.marked(marker).length > 0);
      const stopped = rig.stop();
      expect(await client.closed).toEqual({ code: 1001, reason: 'Server is going down' });
      expect((await stopped).code).toBe(0);
      expect(rig.marked(marker)).toEqual([]);
    });
  });
}
