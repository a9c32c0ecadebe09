/**
 * Makes `dist/client`, the package of the client: one module for Node 20, Bun and the browser that needs no other package,
 * its declarations, and what a registry asks for.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD } from '../../build-info.ts';
import { runProgram } from '../build/run-program.ts';
import { makeDeclarations } from './declarations.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');
const CLIENT = join(ROOT, 'src', 'client');
const ENTRY = 'agent-server-client';
/** Bundled into the module, with the notice that its licence asks for. */
const BUNDLED = ['eventsource-parser'];

export const CLIENT_PACKAGE = 'agent-server-client';

/** Into that folder, whose earlier content is removed. `version`: that of package.json. */
export async function buildClient(folder: string, version: string = BUILD.version): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), `${CLIENT_PACKAGE}-`));
  try {
    const made = join(work, 'package');
    mkdirSync(made);
    await runProgram(
      [
        [process.execPath, 'build', join(CLIENT, `${ENTRY}.ts`), '--target=browser', '--format=esm'],
        [`--outfile=${join(made, `${ENTRY}.js`)}`],
      ].flat(),
      work,
    );
    await makeDeclarations(`${ENTRY}.ts`, mkdtempSync(join(work, 'source-')), join(made, 'types'));
    cpSync(join(ROOT, 'LICENSE'), join(made, 'LICENSE'));
    cpSync(join(CLIENT, 'README.md'), join(made, 'README.md'));
    writeFileSync(join(made, 'NOTICE'), BUNDLED.map(noticeOf).join('\n'));
    writeFileSync(join(made, 'package.json'), `${JSON.stringify(manifest(version), undefined, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    cpSync(made, folder, { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const manifest = (version: string) => ({
  name: CLIENT_PACKAGE,
  version,
  description: 'A typed client of agent-server, which runs commands, terminals and coding agents for programs',
  license: 'Apache-2.0',
  type: 'module',
  // AbortSignal.any is in Node from 20.3 on.
  engines: { node: '>=20.3' },
  sideEffects: false,
  exports: { '.': { types: `./types/client/${ENTRY}.d.ts`, default: `./${ENTRY}.js` } },
  types: `./types/client/${ENTRY}.d.ts`,
  files: [`${ENTRY}.js`, 'types', 'NOTICE'],
});

const noticeOf = (name: string): string =>
  `${CLIENT_PACKAGE} contains ${name}:\n\n${readFileSync(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8')}`;
