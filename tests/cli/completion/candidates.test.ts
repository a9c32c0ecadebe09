/** What a command line that is being typed may go on with, as `__complete` tells the scripts of the shells. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { runInProcess } from '../in-process.ts';
import { World } from '../world.ts';

const valuesOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '');

async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runInProcess('__complete', ...words.map((word) => `.${word}`));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return valuesOf(stdout);
}

describe('of the program itself', () => {
  test('verbs, but not those for the program itself', async () => {
    const all = await offered('');
    expect(all).toContain('run');
    expect(all).toContain('completion');
    expect(all.filter((verb) => verb.startsWith('_'))).toEqual([]);
    expect(await offered('jo')).toEqual(['jobs']);
    expect((await runInProcess('__complete', '.jo')).stdout).toBe('jobs\tList jobs, newest first.\n');
    expect(await offered('nothing-like-it')).toEqual([]);
  });

  test('options of the verb, and of serve where there is none', async () => {
    expect(await offered('jobs', '--st')).toEqual(['--status']);
    expect(await offered('jobs', '--')).toContain('--profile');
    expect(await offered('--wrap')).toEqual(['--wrapper']);
    // After `--` nothing is an option.
    expect(await offered('logs', '--', '--js')).toEqual([]);
  });

  test('values that an option may have, in each way of writing it', async () => {
    expect(await offered('jobs', '--status', 'r')).toEqual(['running']);
    expect(await offered('jobs', '--status=r')).toEqual(['--status=running']);
    expect(await offered('serve', '--log-format', '')).toEqual(['text', 'json']);
    expect(await offered('--acp-policy', 'read')).toEqual(['read-only']);
    expect(await offered('jobs', '--limit', '')).toEqual([]);
  });

  test('words that an argument may be', async () => {
    expect(await offered('agent', '')).toEqual(['list', 'attach', 'log', 'close']);
    expect(await offered('completion', 'p')).toEqual(['pwsh']);
    expect(await offered('terminals', '--json', 'del')).toEqual(['delete']);
  });

  test('nothing for what is no verb, whatever it is called', async () => {
    for (const word of ['constructor', '__proto__', 'jbos']) expect(await offered(word, '')).toEqual([]);
    expect(await offered('jobs', '--constructor', '')).toEqual([]);
  });
});

describe('of a server', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const typed = async (...words: string[]) => {
    const { code, stdout, stderr } = await world.cli(['__complete', ...words.map((word) => `.${word}`)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  test('jobs by their ids, with what they are', async () => {
    const id = (await world.cli(['run', 'echo hi', '--detach'])).stdout.trim();
    expect(await typed('logs', '')).toMatch(new RegExp(`^${id}\t\\w+: echo hi$`, 'm'));
    expect(valuesOf(await typed('cancel', id.slice(0, 6)))).toEqual([id]);
  });

  test('persistent shells, unless a line of text cannot hold their name', async () => {
    for (const key of ['build', '$(reboot)', 'two\nlines', '-option', 'a tab\t'])
      expect((await world.cli(['run', `--session=${key}`, 'true'])).code).toBe(0);
    expect(valuesOf(await typed('sessions', 'delete', ''))).toEqual(['$(reboot)', 'build']);
    expect(valuesOf(await typed('run', '--session', 'b'))).toEqual(['build']);
  });

  test('keys by their names', async () => {
    expect((await world.cli(['keys', 'add', 'ci', '--scope', 'observe'])).code).toBe(0);
    expect(valuesOf(await typed('keys', 'rotate', 'c'))).toEqual(['ci']);
    expect(await typed('keys', 'delete', 'c')).toBe('ci\tobserve\n');
  });

  test('terminals, agents and profiles', async () => {
    expect((await world.cli(['attach', 'term', '--json'])).code).toBe(0);
    expect(valuesOf(await typed('attach', ''))).toEqual(['term']);
    expect(valuesOf(await typed('ask', '--agent', 'cop'))).toEqual(['copilot']);
    expect((await world.cli(['login', 'box', world.url], { stdin: world.key })).code).toBe(0);
    expect(valuesOf(await typed('jobs', '--profile', ''))).toEqual(['box']);
    expect(valuesOf(await typed('use', 'b'))).toEqual(['box']);
  });

  test('paths on its machine, behind the name of a server or without, folders with a slash, hidden ones where a dot is typed', async () => {
    expect((await world.cli(['login', 'files', world.url], { stdin: world.key })).code).toBe(0);
    const folder = `${world.folder}/some files`;
    for (const name of ['sub', '.hidden', '.git']) mkdirSync(`${folder}/${name}`, { recursive: true });
    for (const name of ["it's", 'a b', 'glob[x]*', 'two\nlines']) writeFileSync(`${folder}/${name}`, '');
    symlinkSync('sub', `${folder}/link`);
    const all = ['a b', 'glob[x]*', "it's", 'link/', 'sub/'];
    for (const verb of ['ls', 'cat', 'edit', 'find', 'watch'])
      expect(valuesOf(await typed(verb, `${folder}/`))).toEqual(all.map((name) => `${folder}/${name}`));
    for (const head of [':', 'files:'])
      expect(valuesOf(await typed('cp', `${head}${folder}/s`))).toEqual([`${head}${folder}/sub/`]);
    expect(valuesOf(await typed('cp', '-r', 'here', `:${folder}/glob[`))).toEqual([`:${folder}/glob[x]*`]);
    expect(valuesOf(await typed('cat', 'one', `${folder}/.`))).toEqual([`${folder}/.git/`, `${folder}/.hidden/`]);
    expect(valuesOf(await typed('cp', 'fi'))).toEqual(['files:']);
    expect(valuesOf(await typed('ls', 'files:'))).toEqual(['files:/']);
    // Files of this machine are the affair of the shell.
    for (const begun of ['', `${folder}/`, './']) expect(await typed('cp', begun)).toBe('');
  });

  test('paths of a server that does not answer are given up after two seconds, without a word', async () => {
    using silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const url = `http://127.0.0.1:${silent.port}`;
    expect(await typed('ls', '--url', url, '/')).toBe('');
    expect(await typed('ls', 'nobody:/')).toBe('');
  });

  test('that the command line names', async () => {
    const env = { AGENT_SERVER_DATA_DIR: `${world.folder}/nothing` };
    const elsewhere = await world.cli(['__complete', '.attach', '.--url', `.${world.url}`, '.t'], { env });
    expect(valuesOf(elsewhere.stdout)).toEqual(['term']);
  });

  test('that is not there has nothing to offer, and no error to show', async () => {
    expect(await typed('logs', '--url', 'http://127.0.0.1:9', '')).toBe('');
    expect(await typed('logs', '--profile', 'none', '')).toBe('');
  });
});
