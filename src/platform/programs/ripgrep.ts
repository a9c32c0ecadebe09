/**
 * Where ripgrep is: in its package from source, and in a private copy for the executable, which holds it as an embedded file.
 * Never the one on PATH: older ones print other messages.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isWindows } from '../os.ts';
import { privateCopy } from '../pty/private-copy.ts';

const FILE = isWindows ? 'rg.exe' : 'rg';
/** Folder → the copy that this process has made or checked there. */
const copies = new Map<string, string>();

/** `folder` gets the copy, and the licence beside it. Throws where it cannot be written, or the program is nowhere. */
export function ripgrepPath(folder: string): string {
  const made = copies.get(folder);
  if (made !== undefined && existsSync(made)) return made;
  const path = findOrCopy(folder);
  copies.set(folder, path);
  return path;
}

function findOrCopy(folder: string): string {
  const program = embedded('program');
  if (program === undefined)
    return Bun.resolveSync(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${FILE}`, import.meta.dir);
  const licence = embedded('licence');
  if (licence !== undefined) privateCopy(folder, { name: 'ripgrep-licence', end: 'txt', content: licence });
  const end = isWindows ? 'exe' : 'bin';
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
