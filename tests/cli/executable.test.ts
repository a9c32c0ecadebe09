/** Every verb of the compiled executable: its help, and command lines of it as text and as JSON. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedAgentLine } from '../support/agents/scripted.ts';
import { runInProcess } from './in-process.ts';
import { VERB_LINES } from './verb-lines.ts';
import { World } from './world.ts';

const path = process.env['AGENT_SERVER_TEST_EXE'] ?? '';

const verbsOf = (help: string): string[] => {
  const [, list = ''] = /\nVerbs\n([^]*?)\n\n/.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, verb = '']) => verb);
};

test('every verb has lines that the executable runs', async () => {
  const verbs = verbsOf((await runInProcess('--help')).stdout);
  expect(verbs.length).toBeGreaterThan(20);
  expect(Object.keys(VERB_LINES).toSorted()).toEqual(verbs.toSorted());
  for (const [verb, lines] of Object.entries(VERB_LINES))
    expect({ verb, words: lines.map(({ words }) => words[0]) }).toEqual({ verb, words: lines.map(() => verb) });
});

if (path === '') {
  process.stdout.write(
    'every verb, executable: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n',
  );
  test.skip('every verb, executable', () => {});
} else {
  describe('every verb of the executable', () => {
    let world: World;
    const known = new Map<string, string>();
    beforeAll(async () => {
      world = await World.start([path]);
      known.set('url', world.url);
      known.set('agent', scriptedAgentLine());
      known.set('job', (await world.cli(['run', 'echo hi', '--detach'])).stdout.trim());
      known.set('folder', join(world.folder, 'release'));
      mkdirSync(join(world.folder, 'release'));
    });
    afterAll(() => world[Symbol.asyncDispose]());

    const fill = (word: string) => word.replace(/\{(\w+)\}/, (_, name: string) => known.get(name) ?? '');

    test('is one of those in the source', async () => {
      expect(verbsOf((await world.cli(['--help'])).stdout).toSorted()).toEqual(Object.keys(VERB_LINES).toSorted());
    });

    test.each(Object.keys(VERB_LINES))('%s tells its options, exit codes and examples', async (verb) => {
      const { code, stdout, stderr } = await world.cli([verb, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const part of ['Usage\n', '--json', 'Exit codes\n', `Examples\n  agent-server ${verb}`])
        expect(stdout).toContain(part);
    });

    describe.each([
      ['as text', []],
      ['as JSON', ['--json']],
    ])('%s', (_, more) => {
      test.each(Object.entries(VERB_LINES))('%s runs', async (verb, lines) => {
        for (const { words, readsKey, codes = [0], textCodes = codes } of lines) {
          const filled = words.map(fill);
          // Behind `--` all is for the program.
          const end = filled.includes('--') ? filled.indexOf('--') : filled.length;
          const args = [...filled.slice(0, end), ...more, ...filled.slice(end)];
          const { code, stdout, stderr } = await world.cli(args, { stdin: readsKey ? world.key : '' });
          const wanted = more.length === 0 ? textCodes : codes;
          expect({ args, stderr, code: wanted.find((one) => one === code) ?? wanted[0] }).toEqual({
            args,
            stderr,
            code,
          });
          if (verb === 'ask' && code === 0) known.set('session', await newestSession());
          const documents = more.length === 0 ? [] : stdout.split('\n').filter((line) => line !== '');
          for (const document of documents) expect(typeof JSON.parse(document)).toBe('object');
          // What was not done is one line on stderr, unless the answer on stdout says it.
          if (code !== 0 && stdout === '' && verb !== 'run')
            expect({ args, stderr }).toEqual({ args, stderr: expect.stringMatching(/^agent-server: [^\n]+\n$/) });
          else if (more.length > 0) expect({ args, documents: documents.length }).not.toEqual({ args, documents: 0 });
        }
      });
    });

    async function newestSession(): Promise<string> {
      const [newest] = JSON.parse((await world.cli(['agent', 'list', '--json'])).stdout) as { readonly id: string }[];
      return newest?.id ?? '';
    }

    test('names itself in what it tells the user to type', async () => {
      const { code, stderr } = await world.cli(['jbos']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `agent-server: unknown verb "jbos" (did you mean jobs?); see ${path} --help\n`,
      });
    });
  });
}
