/** The file that `npm run build` makes of the library: for whom it is, and what its declarations promise. */
import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary } from '../../../src/release/build/build-library.ts';
import { Sandbox } from '../../support/sandbox.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');

/** Each is in Node 20.16, or is what the file brings. */
const NOT_IN_NODE_20 =
  /\bBun\b|\bbun:[a-z]|\bimport\.meta\.(?:dir|path)\b|\.toHex\(|\.toBase64\(|\.fromBase64\(|\b(?:Async)?DisposableStack\b|\bPromise\.try\b|\bArray\.fromAsync\b|\bgroupBy\b|\.(?:difference|intersection|union|isSubsetOf)\(|\bIterator\.|\bRegExp\.escape\b/g;

test('it is one file that uses neither Bun nor what Node 20 lacks', async () => {
  using box = new Sandbox();
  await buildLibrary(box.path, { version: '7.8.9' });
  const text = await Bun.file(box.file('acp-client.mjs')).text();
  expect(text.match(NOT_IN_NODE_20)).toBeNull();
  const imported = new Bun.Transpiler({ loader: 'js' }).scanImports(text).map(({ path }) => path);
  expect(imported.filter((path) => !path.startsWith('node:'))).toEqual([]);
  expect(imported).toContain('node:child_process');
  // What the agent is told of its client.
  expect(text).toContain('7.8.9');
});

test('the protocol is not loaded before the first prompt', async () => {
  using box = new Sandbox();
  await buildLibrary(box.path);
  const path = box.file('acp-client.mjs');
  // Evaluating the SDK makes its schemas: told by an own line at that place.
  const text = await Bun.file(path).text();
  const marked = text.replace(/AGENT_METHODS=\{/, (found) => `globalThis.protocolIsLoaded=true,${found}`);
  expect(marked).not.toBe(text);
  writeFileSync(path, marked);
  const script = `await import(${JSON.stringify(path)}); console.log(globalThis.protocolIsLoaded === true)`;
  const child = Bun.spawnSync(['node', '--input-type=module', '-e', script]);
  expect(child.stderr.toString()).toBe('');
  expect(child.stdout.toString().trim()).toBe('false');
});

test('a program in TypeScript is checked against its declarations', async () => {
  using box = new Sandbox();
  await buildLibrary(box.path);
  const compile = (lines: readonly string[]) => {
    writeFileSync(
      box.file('user.mts'),
      ["import { PromptError, runPrompt } from './acp-client.mjs';", ...lines].join('\n'),
    );
    const flags = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'esnext',
      '--module',
      'nodenext',
    ];
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const child = Bun.spawnSync([tsc, ...flags, '--lib', 'esnext,dom', '--types', '', box.file('user.mts')], {
      cwd: box.path,
    });
    return child.stdout.toString() + child.stderr.toString();
  };
  const right = [
    "const { text, toolCalls } = await runPrompt({ agent: ['a'], permission: ({ toolCall }) => toolCall.kind === 'read' ? 'once' : 'reject' });",
    'const kinds: unknown[] = toolCalls.map((call) => call.kind);',
    'export const all: readonly [string, unknown[]] = [text, kinds];',
    'export function why(error: PromptError): string {',
    '  const { failure } = error;',
    "  return failure.reason === 'command-not-found' ? failure.lookedIn.join() : failure.reason;",
    '}',
  ];
  expect(compile(right)).toBe('');
  expect(compile(["await runPrompt({ agent: 'a', permission: 'ask' });"])).toContain('"ask"');
  expect(compile(["await runPrompt({ prompt: 'a' });"])).toContain("'agent'");
});
