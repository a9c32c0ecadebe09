/**
 * Where ripgrep is: in its package from source, and in a private copy for the executable, which holds it as an embedded file.
 * Never the one on PATH: older ones print other messages.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { privateCopy } from '../pty/private-copy.ts';

const FILE = process.platform === 'win32' ? 'rg.exe' : 'rg';

/** `folder` gets the copy, and the licence beside it. Throws where it cannot be written, or the program is nowhere. */
export function ripgrepPath(folder: string): string {
  const program = embedded('program');
  if (program === undefined)
    return Bun.resolveSync(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${FILE}`, import.meta.dir);
  const licence = embedded('licence');
  if (licence !== undefined) privateCopy(folder, { name: 'ripgrep-licence', end: 'txt', content: licence });
  const end = process.platform === 'win32' ? 'exe' : 'bin';
  return privateCopy(folder, { name: 'ripgrep', end, content: program, executable: true });
}

/** By the name that the build gives it, with a hash inside. */
function embedded(what: 'program' | 'licence'): Uint8Array | undefined {
  const pattern = new RegExp(`^ripgrep\\.${what}(-\\w+)?\\.packed$`);
  const name = Bun.embeddedFiles
    .map((file) => ('name' in file ? String(file.name) : ''))
    .find((one) => pattern.test(one));
  return name === undefined ? undefined : readFileSync(join(dirname(Bun.main), name));
}
