/** The verb `cat`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess } from '../in-process.ts';
import { jsonLines, MAIN, World } from '../world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  folder = join(world.folder, 'read');
  mkdirSync(folder);
  writeFileSync(join(folder, 'text'), 'one\r\ntwo\nthree');
  writeFileSync(join(folder, 'bytes'), Uint8Array.of(0, 255, 10, 13, 1, 254));
});
afterAll(() => world[Symbol.asyncDispose]());

/** The bytes that a command line of the shell writes, `agent-server` being this program. */
async function inShell(script: string): Promise<{ code: number; bytes: Buffer; stderr: string }> {
  const out = join(world.folder, 'out');
  const shell = Bun.spawn(
    ['bash', '-c', `agent-server() { '${process.execPath}' '${MAIN}' "$@"; }; { ${script}; } >'${out}'`],
    { env: world.env, stdin: 'ignore', stderr: 'pipe' },
  );
  const stderr = await new Response(shell.stderr).text();
  return { code: await shell.exited, bytes: readFileSync(out), stderr };
}

describe.skipIf(process.platform === 'win32')('cat', () => {
  test('files one after the other, byte by byte as they are', async () => {
    const { code, bytes, stderr } = await inShell(`agent-server cat ${folder}/bytes :${folder}/text`);
    expect([code, stderr]).toEqual([0, '']);
    expect(bytes).toEqual(Buffer.concat([readFileSync(`${folder}/bytes`), readFileSync(`${folder}/text`)]));
  });

  test('some lines, with the ends that they have, or some bytes', async () => {
    const part = async (...words: string[]) => (await world.cli(['cat', join(folder, 'text'), ...words])).stdout;
    expect(await part('--from', '2')).toBe('two\nthree');
    expect(await part('--to', '1')).toBe('one\r\n');
    expect(await part('--from', '2', '--to', '2')).toBe('two\n');
    expect(await part('--from', '9')).toBe('');
    expect(await part('--range', '1-4')).toBe('ne\r\n');
    expect(await part('--range', '9-')).toBe('three');
  });

  test('a large file goes through whole, and its reader may leave before its end', async () => {
    const large = join(folder, 'large');
    const line = `${'0123456789'.repeat(10)}\n`;
    writeFileSync(large, line.repeat(500_000));
    expect((await inShell(`agent-server cat ${large} | sha256sum`)).bytes.toString().split(' ')[0]).toBe(
      new Bun.CryptoHasher('sha256').update(readFileSync(large)).digest('hex'),
    );
    const left = await inShell(`agent-server cat ${large} | head -n 1; exit \${PIPESTATUS[0]}`);
    expect({ ...left, bytes: left.bytes.toString() }).toEqual({ code: 141, bytes: line, stderr: '' });
    expect((await world.cli(['cat', large, '--from', '400000', '--to', '400001'])).stdout).toBe(line + line);
  });

  test('--json: a row for each file, with what an edit needs', async () => {
    const { stdout, code } = await world.cli(['cat', `${folder}/text`, `${folder}/bytes`, '--json']);
    const sha256 = new Bun.CryptoHasher('sha256').update('one\r\ntwo\nthree').digest('hex');
    expect([code, jsonLines(stdout)]).toEqual([
      0,
      [
        expect.objectContaining({ text: 'one\r\ntwo\nthree', lines: 3, sha256 }),
        expect.objectContaining({ base64: Buffer.from([0, 255, 10, 13, 1, 254]).toString('base64') }),
      ],
    ]);
    expect(
      jsonLines((await world.cli(['cat', `${folder}/text`, '--from', '2', '--to', '2', '--json'])).stdout),
    ).toEqual([expect.objectContaining({ text: 'two\n' })]);
  });

  test('one that cannot be read is told, the others come, and it is 1', async () => {
    const { code, stdout, stderr } = await world.cli(['cat', `${folder}/none`, folder, `${folder}/text`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'one\r\ntwo\nthree' });
    expect(stderr).toBe(
      `agent-server: ${folder}/none: the server says: there is no such file or folder\nagent-server: ${folder}: the server says: is a directory\n`,
    );
    expect((await world.cli(['cat', `${folder}/none`, '--json'])).stderr).toContain('there is no such file or folder');
    await using bound = World.empty();
    await bound.startServer('--roots', bound.home);
    expect((await bound.cli(['cat', `${folder}/text`])).stderr).toContain('outside of the roots');
    expect((await bound.cli(['cat', '/x', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
  });
});

test('the command line: 2', async () => {
  for (const words of [
    [],
    ['/x', '--from', '0'],
    ['/x', '--from', '2', '--to', '1'],
    ['/x', '--to', 'x'],
    ['/x', '--range', '5'],
    ['/x', '--range', '5-4'],
    ['/x', '--range', '1-2', '--from', '1'],
    [':'],
  ])
    expect([words, (await runInProcess('cat', ...words)).code]).toEqual([words, 2]);
});
