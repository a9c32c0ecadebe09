/** What is left out of lists and of searches for text, against what git itself leaves out of a repository with such rules. */
import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { systemClock } from '../../../src/core/clock.ts';
import { listFolder } from '../../../src/files/list/list.ts';
import { Places } from '../../../src/files/place.ts';
import { findText } from '../../../src/files/search/find-text.ts';
import { machinePaths } from '../../../src/platform/machine-paths/index.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { ripgrepPath } from '../../../src/platform/programs/ripgrep.ts';
import { hasProgram } from '../../support/program.ts';
import { Sandbox } from '../../support/sandbox.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const never = new AbortController().signal;
const env = { PATH: process.env['PATH'] ?? '', HOME: box.path, GIT_CONFIG_NOSYSTEM: '1' };
const reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });

/** Names that are folders in one place and files in another would not fit together: folders have other ones. */
const folders = ['d', 'e', 'd.x', '.f'];
const files = ['a', 'b.txt', 'a.txt', '.h', 'a b', 'é', '#x', '!y', 'A'];
const way = fc.tuple(fc.array(fc.constantFrom(...folders), { maxLength: 3 }), fc.constantFrom(...files));
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...folders, ...files) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '*',
      '?',
      'd*',
      '*.txt',
      'a*',
      '[a-d]',
      '[!a]',
      '*.x',
      'b.tx?',
      '.*',
      '\\#x',
      '\\!y',
      'a\\ b',
    ),
  },
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!'),
    fc.constantFrom('', '', '/', '**/'),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/', '/**', '/*', ' ', '  '),
  )
  .map(([not, start, parts, end]) => not + start + parts.join('/') + end);
/** A name that is left out in one folder is often taken back in another. */
const plain = fc
  .tuple(fc.constantFrom('', '!'), fc.constantFrom('a', 'b.txt', 'd', '*', '*.txt'))
  .map(([not, name]) => not + name);
const rules = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: pattern },
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: fc.constantFrom('', '# a', '/', 'd/**/a') },
  ),
  {
    minLength: 1,
    maxLength: 4,
  },
);
const world = fc.record({
  ways: fc.array(way, { minLength: 1, maxLength: 12 }),
  ruleFiles: fc
    .tuple(
      rules,
      fc.array(fc.tuple(fc.array(fc.constantFrom(...folders), { minLength: 1, maxLength: 2 }), rules), {
        maxLength: 3,
      }),
    )
    .map(([top, below]) => [[[], top] as const, ...below]),
  exclude: fc.oneof(fc.constant([]), rules),
  isCrlf: fc.boolean(),
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function git(folder: string, ...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(['git', ...args], { cwd: folder, env });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return stdout.toString();
}

async function listed(folder: string): Promise<string[]> {
  const options = {
    depth: Infinity,
    exclude: [],
    ignore: true,
    hidden: true,
    include: undefined,
    limit: 10_000,
    after: undefined,
    hash: false,
  };
  const found = await listFolder(reach, { shown: folder, path: folder }, options, never);
  if (!found.ok) throw new Error(found.failure.reason);
  return found.value.items.flatMap(({ type, path }) => (type === 'file' ? [path.slice(folder.length + 1)] : []));
}

const ripgrep = ripgrepPath(box.file('program'));
const parts = { ripgrep: () => ripgrep, launcher: createLauncher(), env, clock: systemClock };

async function searched(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const wanted = {
    text: 'content',
    literal: true,
    matchCase: true,
    word: false,
    include: undefined,
    includeText: undefined,
    exclude: [],
    ignore: true,
    hidden: true,
    context: 0,
    maxFileBytes: 1e6,
    limit: 10_000,
    timeoutMs: 30_000,
  };
  const place = { shown: folder, path: folder };
  const done = await findText(
    reach,
    { place, isFile: false },
    wanted,
    async ({ shown }) => void paths.push(machinePaths.toText(shown).slice(folder.length + 1)),
    parts,
    never,
  );
  if (!done.ok) throw new Error(done.failure.reason);
  return paths;
}

test('lists and searches leave out what git does', async () => {
  if (!hasProgram('git')) return;
  // One file leaves a folder out, another takes it back, and the first takes back a file in it.
  const takenBack = {
    ways: [[['d'], 'b.txt']] as [string[], string][],
    ruleFiles: [[[], ['!d']]] as [string[], string[]][],
    exclude: ['*', '!b.txt'],
    isCrlf: false,
  };
  await fc.assert(
    fc.asyncProperty(world, async ({ ways, ruleFiles, exclude, isCrlf }) => {
      const folder = box.file(crypto.randomUUID());
      mkdirSync(folder);
      git(folder, 'init', '-q', '--template=');
      const end = isCrlf ? '\r\n' : '\n';
      for (const [above, name] of ways) write(join(folder, ...above, name), 'content');
      for (const [above, lines] of ruleFiles)
        write(join(folder, ...above, '.gitignore'), `content${end}${lines.join(end)}`);
      write(join(folder, '.git/info/exclude'), exclude.join(end));
      const expected = git(folder, 'ls-files', '--others', '--exclude-standard', '-z')
        .split('\0')
        .filter((name) => name !== '');
      expect((await listed(folder)).toSorted()).toEqual(expected.toSorted());
      expect((await searched(folder)).toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 40, examples: [[takenBack]] },
  );
});
