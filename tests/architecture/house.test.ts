import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { breaches, circles, ROOMS, type SourceTree } from './rules.ts';

const src = join(import.meta.dir, '..', '..', 'src');

async function readSource(): Promise<SourceTree> {
  const paths = [...new Bun.Glob('**/*.ts').scanSync(src)].map((path) => path.replaceAll('\\', '/'));
  return new Map(await Promise.all(paths.map(async (path) => [path, await Bun.file(join(src, path)).text()] as const)));
}

test('every arrow of src points the right way, and every file keeps the house rules', async () => {
  const tree = await readSource();
  expect(tree.size).toBeGreaterThan(50);
  expect(breaches(tree)).toEqual([]);
});

test('no import leads back to where it began', async () => {
  expect(circles(await readSource())).toEqual([]);
  const round: SourceTree = new Map([
    ['jobs/a.ts', `import { b } from './b.ts';`],
    ['jobs/b.ts', `import type { c } from './c.ts';`],
    ['jobs/c.ts', `export { b } from './b.ts';`],
  ]);
  expect(circles(round)).toEqual(['jobs/b.ts → jobs/c.ts']);
});

describe('a new room', () => {
  /** What AGENTS.md says that one adds, and the lists that name it. */
  const added: readonly (readonly [path: string, text: string])[] = [
    ['cellar/cellar.ts', `import { newId } from '../core/id.ts';`],
    ['protocol/cellar.ts', `import Type from 'typebox';`],
    ['settings/cellar.ts', `import { integer } from './kinds.ts';`],
    ['http/cellar/view.ts', `import type { Cellar } from '../../cellar/cellar.ts';`],
    ['http/cellar/routes.ts', `import { resource } from '../wire/routes.ts';\nimport { view } from './view.ts';`],
    [
      'app/cellar.ts',
      `import { Cellar } from '../cellar/cellar.ts';\nimport { cellarRoutes } from '../http/cellar/routes.ts';\nimport type { Feature } from './feature.ts';`,
    ],
    ['app/features.ts', `import { openCellar } from './cellar.ts';`],
    ['settings/all.ts', `import { CELLAR_SETTINGS } from './cellar.ts';`],
  ];
  const rooms = { ...ROOMS, cellar: [] };

  test('is its own files and a line in each list', async () => {
    const source = await readSource();
    const tree = new Map([
      ...source,
      ...added.map(([path, text]) => [path, `${source.get(path) ?? ''}\n${text}`] as const),
    ]);
    expect(breaches(tree, rooms)).toEqual([]);
  });

  test.each([
    'app/app.ts',
    'app/health.ts',
    'app/jobs.ts',
    'http/gateway.ts',
    'http/openapi/document.ts',
    'http/terminals/routes.ts',
    'modes/mode.ts',
    'jobs/manager.ts',
    'settings/config.ts',
    'cli/serve/serve.ts',
  ])('and %s may not name it', (path) => {
    const up = path.replaceAll(/[^/]+\//g, '../').replace(/[^/]+$/, '');
    for (const target of ['cellar/cellar.ts', 'app/cellar.ts', 'settings/cellar.ts', 'http/cellar/routes.ts']) {
      const text = `import { x } from '${up === '' ? './' : up}${target}';`;
      expect(breaches(new Map([[path, text]]), rooms)).toEqual([expect.stringContaining(`${path} imports ${target}`)]);
    }
  });
});

describe('the rules can be broken', () => {
  const broken: Readonly<Record<string, readonly [path: string, text: string]>> = {
    'core imports nothing of ours': ['core/clock.ts', `import { a } from '../platform/paths/index.ts';`],
    'types are arrows too': ['protocol/job.ts', `import type { Job } from '../jobs/job.ts';`],
    'the platform knows no room': ['platform/process/posix/x.ts', `import { Job } from '../../../jobs/job.ts';`],
    'rooms do not know each other': ['jobs/feed.ts', `import { Terminal } from '../terminals/terminal.ts';`],
    'rooms do not know the wire': ['jobs/job.ts', `export { JobRecord } from '../protocol/job.ts';`],
    'modes do not know http': ['modes/shell/runner.ts', `const x = await import('../../http/server.ts');`],
    'http does not know the application': ['http/server.ts', `import '../app/app.ts';`],
    'verbs speak through the client': ['cli/run/run.ts', `import { openApp } from '../../app/app.ts';`],
    'verbs do not know serve': ['cli/run/run.ts', `import { serve } from '../serve/serve.ts';`],
    'the client does not know the server': ['client/client.ts', `import { json } from '../http/failures.ts';`],
    'an import may span lines': ['core/clock.ts', `import {\n  a,\n  b,\n} from '../app/app.ts';`],
    'a new folder needs its arrows': ['cellar/wine.ts', `import { a } from '../core/id.ts';`],
    'nothing reaches outside of src': ['core/id.ts', `import x from '../../tests/support/rig.ts';`],
    'elysia stays in http': ['jobs/job.ts', `import { Elysia } from 'elysia';`],
    'typebox stays at the wire': ['core/id.ts', `import { Compile } from 'typebox/compile';`],
    'one file opens PTYs': ['terminals/session.ts', `Bun.spawn(['sh'], { terminal: { cols: 80 } });`],
    'no package comes in unseen': ['http/server.ts', `import lodash from 'lodash';`],
    'only the platform asks which OS this is': ['cli/serve/serve.ts', `const w = process.platform === 'win32';`],
    'nobody else asks by another name': ['cli/run/run.ts', `const x = isWindows ? 1 : 2;`],
    'a twin is reached through its index': [
      'shells/find.ts',
      `import { InputPipe } from '../platform/pipes/posix/input-pipe.ts';`,
    ],
    'the rim names no room': ['http/gateway.ts', `import { jobRoutes } from './jobs/routes.ts';`],
    'the start names no room': ['app/app.ts', `import { openJobs } from './jobs.ts';`],
    'a room’s routes do not know another’s': ['http/jobs/view.ts', `import { x } from '../terminals/view.ts';`],
    'only main ends the process': ['cli/cli.ts', `process.exit(1);`],
    'only output writes to the console': ['jobs/job.ts', `console.error('x');`],
    'no file is too long': ['jobs/job.ts', 'x;\n'.repeat(301)],
    'no file is named after nothing': ['core/utils.ts', ''],
  };
  test.each(Object.entries(broken))('%s', (_rule, [path, text]) => {
    expect(breaches(new Map([[path, text]]))).toEqual([expect.stringContaining(path)]);
  });

  test('and kept', () => {
    const kept: SourceTree = new Map([
      ['main.ts', `import { runCli } from './cli/cli.ts';\nprocess.exit(await runCli([]));`],
      [
        'modes/shell/runner.ts',
        `import { Job } from '../../jobs/job.ts';\n// process.exit(1) would be a breach\n/* console.log('x') */`,
      ],
      ['http/server.ts', `import { Elysia } from 'elysia';\nimport type { Health } from '../protocol/health.ts';`],
      ['jobs/job.ts', 'x;\n'.repeat(300)],
    ]);
    expect(breaches(kept)).toEqual([]);
  });
});
