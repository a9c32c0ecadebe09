/** Every verb of the compiled executable, as its own `--help` lists them, with `--help` and with `--json`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { World } from './world.ts';

const path = process.env['AGENT_SERVER_TEST_EXE'] ?? '';

/**
 * What makes a verb answer in JSON beside a server with a key, a job and a terminal; `{job}` is the id of that job. `codes`:
 * how it may end here, where not with 0. A verb without a line runs with `--json` alone.
 */
const JSON_LINES: Readonly<Record<string, { readonly line: readonly string[]; readonly codes?: readonly number[] }>> = {
  // The folder has its server already.
  serve: { line: ['serve'], codes: [1] },
  run: { line: ['run', 'echo hi'] },
  logs: { line: ['logs', '{job}'] },
  cancel: { line: ['cancel', '{job}'] },
  attach: { line: ['attach', 'build'] },
  ask: { line: ['ask', 'x', '--agent', 'none'], codes: [1] },
  agent: { line: ['agent', 'list'] },
  login: { line: ['login', 'box', '{url}'] },
  use: { line: ['use'] },
  logout: { line: ['logout', 'box'] },
  completion: { line: ['completion', 'zsh'] },
  update: { line: ['update', '--check'], codes: [0, 1] },
  'verify-release': { line: ['verify-release', '{folder}'], codes: [1] },
};

if (path === '') {
  process.stdout.write(
    'every verb, executable: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n',
  );
  test.skip('every verb, executable', () => {});
} else {
  describe('every verb of the executable', () => {
    let world: World;
    let verbs: readonly string[];
    let job = '';
    beforeAll(async () => {
      world = await World.start([path]);
      const { stdout } = await world.cli(['--help']);
      const [, list = ''] = /\nVerbs\n([^]*?)\n\n/.exec(stdout) ?? [];
      verbs = [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, verb = '']) => verb);
      job = (await world.cli(['run', 'echo hi', '--detach'])).stdout.trim();
      mkdirSync(join(world.folder, 'release'));
    });
    afterAll(() => world[Symbol.asyncDispose]());

    test('is listed', () => {
      expect(verbs.length).toBeGreaterThan(20);
      for (const verb of Object.keys(JSON_LINES)) expect(verbs).toContain(verb);
    });

    test('tells its options, exit codes and examples', async () => {
      for (const verb of verbs) {
        const { code, stdout, stderr } = await world.cli([verb, '--help']);
        expect({ verb, code, stderr }).toEqual({ verb, code: 0, stderr: '' });
        for (const part of ['Usage\n', '--json', 'Exit codes\n', `Examples\n  agent-server ${verb}`])
          expect(stdout).toContain(part);
      }
    });

    test('answers in JSON, or says in one line why not', async () => {
      const fill = (word: string) =>
        word.replace('{job}', job).replace('{url}', world.url).replace('{folder}', join(world.folder, 'release'));
      // A profile is made before it is used and forgotten, whatever the order of the list.
      const order = ['login', ...verbs.filter((verb) => verb !== 'login')];
      for (const verb of order) {
        const known = JSON_LINES[verb];
        const { code, stdout, stderr } = await world.cli([...(known?.line ?? [verb]), '--json'].map(fill), {
          stdin: verb === 'login' ? world.key : '',
        });
        if (known !== undefined || code === 0)
          expect({ verb, code, stderr }).toMatchObject({ verb, code: oneOf(known?.codes ?? [0], code) });
        const lines = stdout.split('\n').filter((line) => line !== '');
        for (const line of lines) expect({ verb, value: JSON.parse(line) as unknown }).toMatchObject({ verb });
        if (lines.length === 0)
          expect({ verb, stderr }).toEqual({ verb, stderr: expect.stringMatching(/^agent-server: [^\n]+\n$/) });
      }
    });

    test('names itself in what it tells the user to type', async () => {
      const { code, stderr } = await world.cli(['jbos']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `agent-server: unknown verb "jbos" (did you mean jobs?); see ${path} --help\n`,
      });
    });
  });
}

/** The code itself where it is one of these, else the first of them, for a message that shows both. */
const oneOf = (codes: readonly number[], code: number): number => (codes.includes(code) ? code : (codes[0] ?? 0));
