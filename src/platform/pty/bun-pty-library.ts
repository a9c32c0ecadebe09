/**
 * Where the shared library of bun-pty is: in the package from source, and in a private copy for the executable, which holds
 * it as an embedded file (the package refers to the one of its target, so the bundler takes it along).
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { privateCopy } from './private-copy.ts';

const ARM = process.arch === 'arm64' ? '_arm64' : '';

/** `folder` gets the copy. Throws where it cannot be written or the library is nowhere. */
export function libraryPath(folder: string): string {
  const { name, end } = libraryName();
  const pattern = new RegExp(`^${name}-\\w+\\.${end}$`);
  const embedded = Bun.embeddedFiles
    .map((file) => ('name' in file ? String(file.name) : ''))
    .find((at) => pattern.test(at));
  if (embedded !== undefined) {
    // All of the executable's files are in one folder; import.meta.dir is one of the machine that built it.
    return privateCopy(folder, { name: 'bun-pty', end, content: readFileSync(join(dirname(Bun.main), embedded)) });
  }
  const manifest = Bun.resolveSync('bun-pty/package.json', import.meta.dir);
  return join(dirname(manifest), 'rust-pty', 'target', 'release', `${name}.${end}`);
}

function libraryName(): { readonly name: string; readonly end: string } {
  if (process.platform === 'win32') return { name: `rust_pty${ARM}`, end: 'dll' };
  if (process.platform === 'darwin') return { name: `librust_pty${ARM}`, end: 'dylib' };
  return { name: `librust_pty${ARM}${isMusl() ? '_musl' : ''}`, end: 'so' };
}

const isMusl = (): boolean => readFileSync('/proc/self/maps', 'latin1').includes('ld-musl');
