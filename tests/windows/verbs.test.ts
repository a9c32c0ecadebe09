/** The verbs of files, processes, ports and the machine, run by the Windows executable: against itself, and `cp` against Linux. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait.ts';
import { openLab, type WindowsLab, type WindowsProgram } from '../support/wine.ts';
import { EXECUTABLE, openExecutable } from './executable.ts';

const door = await openExecutable('the verbs of the Windows executable');
if (door !== undefined)
  describe('the verbs of the Windows executable', () => {
    let lab: WindowsLab;
    let program: string;
    let rig: Rig;
    beforeAll(async () => {
      lab = await openLab();
      program = await lab.install(EXECUTABLE);
      rig = await Rig.start(door);
    });
    afterAll(async () => rig[Symbol.asyncDispose]());

    const native = (name: string) => door.nativePath(local(name));
    const local = (name: string) => join(rig.place.cwd, name);
    const text = (name: string) => readFileSync(local(name), 'utf8');

    /** A command line in the folder of the server. `server`: which one. */
    const type = (args: readonly string[], env: Readonly<Record<string, string>> = {}, server = rig): WindowsProgram =>
      lab.start(program, args, {
        env: { AGENT_SERVER_URL: server.url, AGENT_SERVER_KEY: server.key, ...env },
        cwd: { host: rig.place.cwd, native: native('.') },
      });
    async function run(args: readonly string[], env?: Readonly<Record<string, string>>, server?: Rig) {
      const typed = type(args, env, server);
      void typed.stdin.end();
      const [stdout, stderr, code] = await Promise.all([
        new Response(typed.stdout).text(),
        new Response(typed.stderr).text(),
        typed.exited,
      ]);
      return { code, stdout: stdout.replaceAll('\r\n', '\n'), stderr: stderr.replaceAll('\r\n', '\n') };
    }
    /** The same where it must succeed and say no more. */
    async function said(...args: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await run(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout;
    }

    test('ls, cat, find: paths in the form of Windows, with either slash', async () => {
      mkdirSync(local('shown/größe'), { recursive: true });
      writeFileSync(local('shown/a b.txt'), 'one\r\ntwo\r\n');
      writeFileSync(local('shown/größe/漢.txt'), 'two');
      expect(await said('ls', native('shown').replaceAll('\\', '/'))).toBe('a b.txt\ngröße\n');
      expect(await said('ls', '-l', native('shown'))).toMatch(/^-\S+ +- +- +10 .* a b\.txt\nd\S+ .* größe\n$/);
      expect(readFileSync(local('shown/a b.txt'))).toEqual(Buffer.from('one\r\ntwo\r\n'));
      // Bytes as they are, also the ends of lines.
      const cat = type(['cat', native('shown/a b.txt')]);
      expect(await new Response(cat.stdout).text()).toBe('one\r\ntwo\r\n');
      expect(await said('find', native('shown'), '--name', '漢*')).toBe(`${native('shown/größe/漢.txt')}\n`);
      const found = (await said('find', native('shown'), '--text', 'tw[o]')).trimEnd().split('\n');
      expect(found.toSorted()).toEqual(
        [`${native('shown/a b.txt')}:2:1:two`, `${native('shown/größe/漢.txt')}:1:1:two`].toSorted(),
      );
      const { code, stderr } = await run(['ls', 'shown']);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'agent-server: shown: the server says: path must be absolute\n',
      });
    });

    test('edit: by text, which keeps the ends of lines, and in an editor that is a batch file', async () => {
      writeFileSync(local('edited.txt'), 'one\r\ntwo\r\n');
      expect((await run(['edit', native('edited.txt'), '--old', 'two', '--new', 'drei'])).code).toBe(0);
      expect(text('edited.txt')).toBe('one\r\ndrei\r\n');
      writeFileSync(local('my editor.cmd'), '@echo %1>>%2\r\n');
      const EDITOR = `"${native('my editor.cmd')}" added`;
      const { code, stderr } = await run(['edit', native('edited.txt')], { EDITOR });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('edited.txt') });
      expect(text('edited.txt')).toBe('one\r\ndrei\r\nadded\r\n');
    }, 90_000);

    test('watch tells what is made, until it is ended', async () => {
      mkdirSync(local('watched'));
      const watch = type(['watch', native('watched'), '--json']);
      const lines = linesOf(watch);
      expect((await lines.next()).value).toMatchObject({ type: 'ready' });
      writeFileSync(local('watched/new'), 'x');
      expect((await lines.next()).value).toMatchObject({ type: 'create', path: native('watched/new') });
      watch.kill('SIGKILL');
      await watch.exited;
    });

    test('ps and kill: a job with its command line, and its end', async () => {
      const id = (await said('run', '--detach', 'ping -n 600 127.0.0.1')).trim();
      const line = await waitFor('it to be listed', async () =>
        (await run(['ps'])).stdout.split('\n').find((one) => /ping(\.exe)? +-n 600/.test(one) && !/cmd/.test(one)),
      );
      expect(line).toContain(id);
      expect((await run(['kill', id])).code).toBe(0);
      expect((await rig.finished(id)).status).toBe('failed');
      expect((await run(['ps'])).stdout).not.toContain(id);
      expect(await run(['kill', '999999999'])).toMatchObject({
        code: 1,
        stderr: 'agent-server: the server says: there is no process 999999999\n',
      });
    }, 90_000);

    test('ports, forward and open: bytes through the client and the server of Windows', async () => {
      expect(await said('ports')).toMatch(new RegExp(`^ *${rig.port} +127\\.0\\.0\\.1 .*agent-server`, 'm'));
      const echo = createServer((socket) => socket.pipe(socket));
      await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
      const address = echo.address();
      const port = address === null || typeof address === 'string' ? 0 : address.port;
      const forward = type(['forward', `0:${port}`, '--json']);
      const { value } = await linesOf(forward).next();
      const socket = connect((value as { local: number }).local, '127.0.0.1');
      socket.end('through and back');
      expect((await socket.toArray()).join('')).toBe('through and back');
      forward.kill('SIGKILL');
      await forward.exited;
      echo.close();
      expect(await said('open', '3000', '--print')).toMatch(
        new RegExp(`^http://p3000\\.localhost:${rig.port}/\\.agent-server/enter\\?ticket=\\S+\n$`),
      );
    });

    test('system', async () => {
      const shown = JSON.parse(await said('system', '--json')) as { os: { name: string }; disks: { mount: string }[] };
      expect(shown.os.name).toStartWith('Windows');
      expect(shown.disks.map(({ mount }) => mount)).toContain('C:\\');
      expect(await said('system')).toMatch(/^System +Windows /m);
    });

    test('cp: files and folders up and down, on Windows and with Linux', async () => {
      await using linux = await Rig.start(liveServer);
      for (const [name, server, there] of [
        ['windows', rig, native('there')],
        ['linux', linux, join(linux.place.cwd, 'there')],
      ] as const) {
        const here = (path: string) => `${name} ${path}`;
        mkdirSync(local(here('sent/größe')), { recursive: true });
        writeFileSync(local(here('sent/größe/漢 字')), 'deep');
        writeFileSync(local(here('sent/a b.txt')), 'one\r\n');
        const slash = name === 'linux' ? '/' : '\\';
        const cp = async (...args: string[]) =>
          expect({ args, ...(await run(['cp', ...args], {}, server)) }).toEqual({
            args,
            code: 0,
            stdout: '',
            stderr: '',
          });
        await cp('-r', here('sent'), `:${there}`);
        await cp(native(here('sent/a b.txt')), `:${there}${slash}file`);
        await cp('-r', `:${there}`, here('back'));
        await cp(`:${there}${slash}file`, native(here('file')));
        expect(text(here('back/größe/漢 字'))).toBe('deep');
        expect(text(here('back/a b.txt'))).toBe('one\r\n');
        expect(text(here('file'))).toBe('one\r\n');
      }
      // Names that Windows has not.
      for (const name of ['NUL', 'a:b']) writeFileSync(join(linux.place.cwd, name), '');
      for (const name of ['NUL', 'a:b'])
        expect(await run(['cp', `:${join(linux.place.cwd, name)}`, '.'], {}, linux)).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(`"${name}" is a name that Windows reads otherwise than it shows`),
        });
    }, 90_000);
  });

async function* linesOf({ stdout }: WindowsProgram): AsyncGenerator {
  let rest = '';
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
