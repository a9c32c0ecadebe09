/** The verb `edit`, with little programs as editors. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess } from '../in-process.ts';
import { Person } from '../person.ts';
import { jsonLines, World, type Done } from '../world.ts';

let world: World;
let folder: string;
let temporary: string;
beforeAll(async () => {
  world = await World.start();
  folder = join(world.folder, 'edited');
  temporary = join(world.folder, 'tmp');
  mkdirSync(folder);
  mkdirSync(temporary);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A file with that content, in a folder of its own. */
function fileWith(content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'of-')), 'a b.txt');
  writeFileSync(path, content);
  return path;
}

/** An editor that does this with the file "$1". */
function editor(script: string, name = 'an editor'): string {
  const path = join(mkdtempSync(join(folder, 'bin-')), name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const edit = (path: string, script: string, ...words: string[]): Promise<Done> =>
  world.cli(['edit', path, ...words], { env: { EDITOR: `"${editor(script)}"`, TMPDIR: temporary } });

/** Copies that are left. */
const copies = (): string[] => readdirSync(temporary).map((name) => join(temporary, name));

describe.skipIf(process.platform === 'win32')('edit in an editor', () => {
  test('what the editor saves is what is written, byte by byte, and no copy is left', async () => {
    const path = fileWith(Buffer.from('\ufeffone\r\ntwo', 'utf16le'));
    const done = await edit(path, String.raw`case $1 in *"/a b.txt") printf 'x\000' >> "$1";; esac`);
    expect(done).toEqual({ code: 0, stdout: '', stderr: `written: ${path}, 20 bytes\n` });
    expect(readFileSync(path)).toEqual(Buffer.from('\ufeffone\r\ntwox', 'utf16le'));
    expect(copies()).toEqual([]);
  });

  test('nothing has changed: nothing is written', async () => {
    const path = fileWith('one\n');
    const before = (await world.cli(['ls', path, '--json'])).stdout;
    expect(await edit(path, 'touch "$1"')).toMatchObject({
      code: 0,
      stderr: `nothing has changed: ${path} was not written\n`,
    });
    expect((await world.cli(['ls', path, '--json'])).stdout).toBe(before);
    expect(copies()).toEqual([]);
  });

  test('a new file; VISUAL counts first, and may have arguments', async () => {
    const path = join(folder, 'new');
    const env = { VISUAL: `'${editor('echo "$1" > "$2"')}' --flag`, EDITOR: 'false', TMPDIR: temporary };
    const done = await world.cli(['edit', path, '--json'], { env });
    expect(jsonLines(done.stdout)).toEqual([expect.objectContaining({ path, size: 7 })]);
    expect(readFileSync(path, 'utf8')).toBe('--flag\n');
    expect((await edit(join(folder, 'newer'), 'true')).code).toBe(0);
    expect(existsSync(join(folder, 'newer'))).toBe(false);
  });

  test('the file changed meanwhile: it stays as it is, and so does the copy, which is named', async () => {
    for (const path of [fileWith('one\n'), join(folder, 'made-meanwhile')]) {
      const done = await edit(path, `echo mine >> "$1"; echo theirs > '${path}'`);
      expect([done.code, readFileSync(path, 'utf8')]).toEqual([1, 'theirs\n']);
      expect(done.stderr).toContain(`${path} has changed on the server meanwhile`);
      const [, copy = ''] = /^your edited copy is kept: (.*)$/m.exec(done.stderr) ?? [];
      expect(readFileSync(copy, 'utf8')).toEndWith('mine\n');
      expect(done.stderr).toContain(`| diff - '${copy}'`);
    }
  });

  test('whatever keeps it from being written: the copy is kept', async () => {
    const kept = async (path: string, script: string) => {
      const { code, stderr } = await edit(path, script);
      const [, copy = ''] = /^your edited copy is kept: (.*)$/m.exec(stderr) ?? [];
      return { code, stderr, text: readFileSync(copy, 'utf8') };
    };
    expect(await kept(join(folder, 'none', 'x'), 'echo mine > "$1"')).toEqual({
      code: 1,
      stderr: expect.stringContaining('there is no such folder to put it in'),
      text: 'mine\n',
    });
    expect(await kept(fileWith('one\n'), 'echo mine > "$1"; exit 3')).toEqual({
      code: 1,
      stderr: expect.stringContaining('the editor ended with exit code 3: nothing was written'),
      text: 'mine\n',
    });
  });

  test('Ctrl-C is for the editor; without a variable it is that of the system, for a person', async () => {
    const path = fileWith('one\n');
    const script = `trap '' INT; echo ready; read -r line; echo "$line" >> "$1"`;
    const own = editor(script, 'editor');
    await using person = new Person(world, {
      args: ['edit', path],
      env: { PATH: `${join(own, '..')}:${process.env['PATH'] ?? ''}` },
    });
    await person.sees('ready');
    person.types('\u0003');
    await person.sees('^C');
    person.types('typed\r');
    expect(await person.done()).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntyped\n');
    expect(await world.cli(['edit', path])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: an editor needs a terminal, and here is none; give --old and --new\n',
    });
  });

  test('no such editor, no file, no server, outside of the roots: 1', async () => {
    const says = async (path: string, EDITOR: string, ...words: string[]) => {
      const { code, stderr } = await world.cli(['edit', path, ...words], { env: { EDITOR } });
      return code === 1 ? stderr : `${code}`;
    };
    expect(await says('/x', 'no-such-editor')).toContain('there is no program "no-such-editor", which EDITOR names');
    expect(await says('/x', '"')).toContain('EDITOR cannot be read');
    expect(await says(folder, 'true')).toContain(`${folder}: the server says: is a directory`);
    expect(await says('/x', 'true', '--url', 'http://127.0.0.1:1')).toContain('connection refused');
    await using bound = World.empty();
    await bound.startServer('--roots', bound.home);
    expect((await bound.cli(['edit', folder], { env: { EDITOR: 'true' } })).stderr).toContain('outside of the roots');
  });
});

describe('edit --old --new', () => {
  test('replaces a text, and shows the difference', async () => {
    const path = fileWith('one\r\ntwo $&\r\n');
    const dry = await world.cli(['edit', path, '--old', 'two $&', '--new', '$1', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stderr: `would be edited: ${path}, 1 place\n` });
    expect(dry.stdout).toContain('\n-two $&\r\n+$1\r\n');
    expect(readFileSync(path, 'utf8')).toBe('one\r\ntwo $&\r\n');
    const wet = await world.cli(['edit', path, '--old', 'two $&', '--new', '$1']);
    expect(wet).toEqual({ code: 0, stdout: dry.stdout, stderr: `edited: ${path}, 1 place\n` });
    expect(readFileSync(path, 'utf8')).toBe('one\r\n$1\r\n');
  });

  test('only where it stands as often as was said', async () => {
    const path = fileWith('a a\nb\na\n');
    const { code, stderr } = await world.cli(['edit', path, '--old', 'a', '--new', '']);
    expect([code, stderr]).toEqual([
      1,
      `agent-server: ${path}: the server says: --old stands in 3 places (lines 1, 3); give more of what is around it, or --count 3\n`,
    ]);
    const { stdout } = await world.cli(['edit', path, '--old', 'a', '--new', '', '--count', '3', '--json']);
    expect(jsonLines(stdout)).toEqual([expect.objectContaining({ path, lines: 3 })]);
    expect(readFileSync(path, 'utf8')).toBe(' \nb\n\n');
    expect((await world.cli(['edit', path, '--old', 'zz', '--new', ''])).stderr).toContain(
      ': --old does not stand in it, character by character\n',
    );
    expect((await world.cli(['edit', `${path}x`, '--old', 'zz', '--new', ''])).code).toBe(1);
  });

  test('the command line: 2', async () => {
    for (const words of [
      [],
      [':', '--old', 'a', '--new', 'b'],
      ['/x', '--old', 'a'],
      ['/x', '--new', 'a'],
      ['/x', '--old', '', '--new', 'a'],
      ['/x', '--dry-run'],
      ['/x', '--count', '2'],
      ['/x', '--old', 'a', '--new', 'b', '--count', '0'],
    ])
      expect([words, (await runInProcess('edit', ...words)).code]).toEqual([words, 2]);
  });
});
