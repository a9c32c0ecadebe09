/**
 * The name of an entry of an archive that somebody sent: where in the folder it belongs. A name that leads out, or that some
 * system reads otherwise than it shows, refuses the whole archive.
 */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { rawName } from './name-bytes.ts';
import { refuseEntry } from './unpack-failure.ts';

const DRIVE = /^[a-z]:[\\/]/i;
const { paths, toText } = machinePaths;

/** As the archive has it. */
export type GivenName = { readonly text: string } | { readonly bytes: Uint8Array };

/** As the archive has it, in the form of this system but for its slashes. */
export function nameGiven(given: GivenName): RawPath {
  if ('bytes' in given) return rawName(given.bytes);
  // What cannot be read is not guessed.
  if (given.text.includes('\uFFFD')) throw refuseEntry(given.text, 'has a name that is no UTF-8');
  return rawName(Buffer.from(given.text, 'utf8'));
}

/** Its parts below the folder, `strip` of them left out; none for the folder itself. Throws `Unpackable`. */
export function partsOf(name: RawPath, strip: number): RawPath[] {
  const refuse = (why: string) => refuseEntry(toText(name), why);
  if (name.startsWith('/') || name.startsWith('\\')) throw refuse('begins at the root');
  if (DRIVE.test(name)) throw refuse('begins with a drive');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    if (part === '..') throw refuse('leads out with ..');
    if (part.includes('\0')) throw refuse('has a NUL in it');
    // A backslash divides names there.
    if (part.includes(paths.sep)) throw refuse('has a \\ in it');
    const why = machinePaths.refusal(part);
    if (why !== undefined) throw refuse(why);
  }
  return parts.slice(strip);
}
