/**
 * The declarations of the package of the client, made by the compiler itself from a copy of the sources in which the
 * shapes of the wire are plain types.
 *
 * No bundler of declarations: those that are well kept are made of the programming interface of TypeScript up to 6, which
 * the compiler here (7) has not got; and one file per source, as `tsc` makes them, is what a package needs.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from '../build/run-program.ts';
import { plainTypes, type Shape } from './plain-types.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');
const SOURCE = join(ROOT, 'src');

const OPTIONS = {
  declaration: true,
  emitDeclarationOnly: true,
  target: 'es2023',
  // What the client may use: what Node 20 has, the web, and `Symbol.dispose`, which both have.
  lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: [],
  module: 'esnext',
  moduleResolution: 'bundler',
  paths: { '*': [join(ROOT, 'node_modules', '*')] },
  allowImportingTsExtensions: true,
  verbatimModuleSyntax: true,
  strict: true,
  exactOptionalPropertyTypes: true,
};

/** Without it a consumer whose `lib` is older than `esnext` does not know `Symbol.dispose`. */
const REFERENCE = '/// <reference lib="esnext.disposable" />\n';

/**
 * Into `folder`: `client/…`, `core/…` and `protocol/…`. `work` is an empty folder, not below
 * node_modules: of what is there the compiler makes no declarations.
 */
export async function makeDeclarations(entry: string, work: string, folder: string): Promise<void> {
  for (const part of ['client', 'core'])
    cpSync(join(SOURCE, part), join(work, part), { recursive: true, filter: (path) => !path.endsWith('acp') });
  for (const file of filesIn(join(SOURCE, 'protocol'))) {
    const copy = join(work, 'protocol', file);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, await plainModule(join(SOURCE, 'protocol', file)));
  }
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: [`client/${entry}`] }));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await runProgram([process.execPath, tsc, '--outDir', folder, '--rootDir', work], work);
  for (const path of declarationsIn(folder)) {
    const text = readFileSync(path, 'utf8').replaceAll(/(\bfrom '\.[^']*)\.ts'/g, "$1.js'");
    writeFileSync(path, text.includes('Symbol.dispose') ? REFERENCE + text : text);
  }
}

/** Full paths. */
export const declarationsIn = (folder: string): string[] =>
  filesIn(folder)
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => join(folder, name));

/** Paths from the folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** A module of shapes as one of types; what has none (a constant that the client uses) as it is. */
async function plainModule(path: string): Promise<string> {
  const text = readFileSync(path, 'utf8');
  if (!text.includes("from 'typebox'")) return text;
  const exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  return plainTypes(new Map(Object.entries(exported).filter((entry): entry is [string, Shape] => isShape(...entry))));
}

/** Shapes have a capital, which sets them apart from the parts that others are made of, and constants are all capitals. */
const isShape = (name: string, value: unknown): boolean =>
  typeof value === 'object' && value !== null && /^[A-Z][a-z]/.test(name);
