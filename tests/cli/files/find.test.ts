/** The verb `find`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { runInProcess } from '../in-process.ts';
import { Person } from '../person.ts';
import { jsonLines, MAIN, World } from '../world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  folder = join(world.folder, 'searched');
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'a.txt'), 'first\nfoo bar foo\nlast\u001b[2J foo\n');
  writeFileSync(join(folder, 'sub', 'b.ts'), 'a.b(c)\nFOO\n');
  writeFileSync(join(folder, '.gitignore'), '*.log\n');
  writeFileSync(join(folder, 'c.log'), 'foo\n');
});
afterAll(() => world[Symbol.asyncDispose]());

const lines = async (...words: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await world.cli(['find', folder, ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.replaceAll(`${folder}/`, '').split('\n').slice(0, -1);
};

describe('find', () => {
  test('names', async () => {
    expect(await lines('--name', '*.{ts,log}')).toEqual(['sub/b.ts']);
    expect(await lines('--name', '*.{ts,log}', '--ignore', 'none')).toEqual(['c.log', 'sub/b.ts']);
    expect(await lines('--name', '.git*', '-a')).toEqual(['.gitignore']);
  });

  test('text, each match with where it is', async () => {
    expect((await lines('--text', 'fo+')).toSorted()).toEqual([
      'a.txt:2:1:foo bar foo',
      'a.txt:2:9:foo bar foo',
      'a.txt:3:10:last\u001b[2J foo',
    ]);
    expect(await lines('--text', 'foo', '-i', '-w', '--name', '*.ts')).toEqual(['sub/b.ts:2:1:FOO']);
    expect(await lines('--text', 'a.b(', '--literal')).toEqual(['sub/b.ts:1:1:a.b(c)']);
    expect(await lines('--text', 'bar', '-C', '1')).toEqual([
      'a.txt-1-first',
      'a.txt:2:5:foo bar foo',
      'a.txt-3-last\u001b[2J foo',
    ]);
  });

  test('rows of JSON, and a limit that says so', async () => {
    const { stdout, stderr, code } = await world.cli(['find', folder, '--text', 'foo', '--limit', '1', '--json']);
    expect(jsonLines(stdout)).toEqual([{ path: join(folder, 'a.txt'), line: 2, column: 1, text: 'foo bar foo' }]);
    expect([code, stderr]).toEqual([0, 'there are more rows than 1; see --limit\n']);
  });

  test('a person sees them below their file, marked, and nothing acts on the terminal', async () => {
    await using person = new Person(world, { args: ['find', folder, '--text', 'foo', '--literal'] });
    expect(await person.done()).toBe(0);
    expect(person.seen).toContain(`\u001b[1m${folder}/a.txt\u001b[22m`);
    expect(person.seen).toContain('\u001b[32m2\u001b[39m:\u001b[31mfoo\u001b[39m bar \u001b[31mfoo\u001b[39m');
    expect(person.seen).toContain('last\\u001b[2J');
    expect(person.seen).not.toContain('\u001b[2J');
  });

  test('nothing is found: 1, and silence', async () => {
    expect(await world.cli(['find', folder, '--text', 'nowhere'])).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(await world.cli(['find', folder, '--name', 'nowhere'])).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  test('what fails is told with the path: 1', async () => {
    const says = async (words: string[]) => (await world.cli(['find', ...words])).stderr;
    expect(await says([join(folder, 'none'), '--name', 'x'])).toBe(
      `agent-server: ${folder}/none: the server says: there is no such file or folder\n`,
    );
    expect(await says([folder, '--text', 'a('])).toContain('unclosed group');
    expect(await says(['/', '--name', 'x', '--url', 'http://127.0.0.1:1'])).toContain('connection refused');
    await using bound = World.empty();
    await bound.startServer('--roots', bound.home);
    expect((await bound.cli(['find', folder, '--name', 'x'])).stderr).toContain('outside of the roots');
  });

  test('Ctrl-C and a reader that leaves end it', async () => {
    // The server is played: it has found one row and goes on looking.
    let hungUp = false;
    using server = Bun.serve({
      port: 0,
      fetch: (request) => {
        request.signal.addEventListener('abort', () => (hungUp = true));
        const row = JSON.stringify({ path: '/x', type: 'file' });
        return new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(`${row}\n`)) }),
        );
      },
    });
    const typed = world.type(['find', '/', '--name', 'x', '--url', `http://127.0.0.1:${server.port}`]);
    await typed.says('/x');
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
    await waitFor('the end of the request', () => hungUp);
    const many = join(folder, 'many');
    writeFileSync(many, 'needle in a line of its own\n'.repeat(50_000));
    const code = join(world.folder, 'code');
    const pipe = `{ '${process.execPath}' '${MAIN}' find '${many}' --text needle; echo $? >'${code}'; } | head -n 1`;
    const shell = Bun.spawn(['sh', '-c', pipe], { env: world.env, stdin: 'ignore', stderr: 'pipe' });
    expect(await new Response(shell.stdout).text()).toBe(`${many}:1:1:needle in a line of its own\n`);
    expect([await new Response(shell.stderr).text(), readFileSync(code, 'utf8')]).toEqual(['', '141\n']);
  });

  test('the command line: 2', async () => {
    for (const words of [
      [],
      ['/'],
      ['/', '--name', ''],
      ['/', '--text', ''],
      ['/', '--name', 'x', '--literal'],
      ['/', '--text', 'x', '--context', '6'],
      ['/', '--text', 'x', '--limit', '0'],
      ['/', '--text', 'x', '--timeout', '601'],
    ])
      expect([words, (await runInProcess('find', ...words)).code]).toEqual([words, 2]);
  });
});
