/** What `npm run build:client` makes: what is in it, its declarations, and what a project in TypeScript sees of it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { declarationsIn } from '../../../src/release/client-package/declarations.ts';
import { Consumer, INSTALL_MS, type Runtime } from './consumer.ts';

const SOURCE = join(import.meta.dir, '..', '..', '..', 'src');
const RUNTIMES: readonly Runtime[] = ['node', 'bun', 'dom'];

describe('the package of the client', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await Consumer.install('1.2.3');
  }, INSTALL_MS);
  afterAll(() => consumer?.[Symbol.dispose]());

  test('is one module that imports nothing, with licence, notice and words', () => {
    expect(readdirSync(consumer.installed()).toSorted()).toEqual(
      ['LICENSE', 'NOTICE', 'README.md', 'agent-server-client.js', 'package.json', 'types'].toSorted(),
    );
    const manifest = JSON.parse(readFileSync(consumer.installed('package.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ name: 'agent-server-client', version: '1.2.3', type: 'module' });
    expect(manifest).not.toHaveProperty('dependencies');
    const code = readFileSync(consumer.installed('agent-server-client.js'), 'utf8');
    expect(new Bun.Transpiler({ loader: 'js' }).scanImports(code)).toEqual([]);
    expect(readFileSync(consumer.installed('NOTICE'), 'utf8')).toContain('MIT License');
  });

  test('its types need no other package', () => {
    const imported = declarationsIn(consumer.installed('types')).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(imported).toContain('../protocol/job.js');
    expect(imported.filter((name) => !/^(?:\.|\.\.(?:\/\.\.)*)\/[\w/-]+\.js$/.test(name))).toEqual([]);
  });

  test('the types of the wire are those of the routes, in both directions', () => {
    const protocol = consumer.installed('types', 'protocol');
    const files = declarationsIn(protocol).map((path) => relative(protocol, path).replace(/\.d\.ts$/, ''));
    const checks = files.flatMap((file) => {
      const source = readFileSync(join(SOURCE, 'protocol', `${file}.ts`), 'utf8');
      const names = [...source.matchAll(/^export type (\w+) = Static/gm)]
        .map((match) => match[1] ?? '')
        // A shape that is only a part of others has no name in the package; the compiler stops a client that wants one.
        .filter((name) => source.includes(`export const ${name} =`));
      const [plain, source_] = [`plain_${file}`, `source_${file}`].map((name) => name.replaceAll(/[/-]/g, '_'));
      return [
        `import type * as ${plain} from './node_modules/agent-server-client/types/protocol/${file}.js';`,
        `import type * as ${source_} from ${JSON.stringify(join(SOURCE, 'protocol', `${file}.ts`))};`,
        ...names.map((name) => `same<Same<${plain}.${name}, ${source_}.${name}>>(true);`),
      ];
    });
    expect(checks.filter((line) => line.startsWith('same')).length).toBeGreaterThan(40);
    const program = [
      // Identical for the compiler, optional and readonly fields included.
      'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
      'declare function same<IsSame extends boolean>(is: IsSame): void;',
      ...checks,
    ].join('\n');
    expect(consumer.compileWithSources('same.ts', program)).toBe('');
    const wrong = program.replace('plain_job.JobResource,', 'plain_job.Accepted,');
    expect(consumer.compileWithSources('same.ts', wrong)).toContain('same.ts');
  });

  test('everything that a program can reach is described', () => {
    const bare = declarationsIn(consumer.installed('types'))
      .filter((path) => !INTERNAL.test(path))
      .flatMap((path) =>
        undescribed(basename(path), readFileSync(path, 'utf8')).filter(
          (line) => !(path.includes('/client/files/') && /: export declare (?:function|const) /.test(line)),
        ),
      );
    expect(bare).toEqual([]);
  });

  test.each(RUNTIMES)('the programs of its README are sound under strict, with the types of %s', (runtime) => {
    const readme = readFileSync(consumer.installed('README.md'), 'utf8');
    const programs = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] ?? '');
    expect(programs.length).toBeGreaterThan(2);
    for (const program of programs) expect(consumer.compile('program.ts', program, runtime)).toBe('');
  });

  test('mistakes are found by the compiler', () => {
    const mistake = (text: string) =>
      consumer.compile(
        'mistake.ts',
        `import { Client, ClientError } from 'agent-server-client';\nconst client = new Client({ url: '' });\n${text}\nexport {};`,
        'dom',
      );
    expect(mistake("await client.exec({ command: 'a', mode: 'acp' });")).toBe('');
    expect(mistake("await client.exec({ mode: 'acp', prompt: 'a' });")).toBe('');
    expect(mistake("await client.exec({ comand: 'a' });")).toContain('comand');
    expect(mistake("await client.exec({ mode: 'shell' });")).toContain('command');
    expect(mistake('const { status }: { status: number } = await client.wait("a");')).toContain('status');
    expect(mistake('(error: ClientError) => error.failure.status;')).toContain('status');
    const kinds = ['refused', 'key-refused', 'unreachable', 'unexpected', 'key-unusable', 'no-websocket'];
    const naming = (some: readonly string[]) =>
      `({ failure }: ClientError): number => { switch (failure.reason) { ${some.map((kind) => `case '${kind}': `).join('')}return 1; } };`;
    expect(mistake(naming(kinds))).toBe('');
    const lacking = kinds.map((kind) => naming(kinds.filter((one) => one !== kind)));
    expect(mistake(lacking.join('\n')).split('TS2366')).toHaveLength(kinds.length + 1);
  });
});

/** What no name of the package leads to; of client/files/ only the types of options are reached. */
const INTERNAL = /(transport|sse|chunks|silence|pause|text-socket|utf8-length)\.d\.ts$|\/core\//;

/** Exported functions, and members of classes and interfaces, that no comment stands before. A literal type says it all. */
function undescribed(file: string, text: string): string[] {
  const lines = text.split('\n');
  let within = '';
  return lines
    .filter((line, index) => {
      within = /^(?:export )?(?:declare )?(interface|class|type|function|const) /.exec(line)?.[1] ?? within;
      const isFunction = /^export declare (?:function|const) /.test(line);
      const isMember =
        /^ {4}(?!private |constructor\(transport: )[\w[](?!Symbol)/.test(line) &&
        ['interface', 'class'].includes(within);
      const isLiteral = /: (?:'\w+'|"\w+"|true|false);$/.test(line);
      return (isFunction || (isMember && !isLiteral)) && lines[index - 1]?.trim().endsWith('*/') !== true;
    })
    .map((line) => `${file}: ${line.trim()}`);
}
