/**
 * The npm package that a program on the PATH belongs to. npm puts a symbolic link there, on Windows a batch file, pnpm
 * a shell script: all lead into the package's folder.
 */
import { openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { close } from '../../platform/files/close.ts';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

const SHIM_BYTES = 4096;
/** `"%dp0%\node_modules\…\index.js"` in a batch file, `"$basedir/…"` in a shell script. */
const SHIM_TARGET = /"(?:%~?dp0%?|\$basedir)[\\/]+([^"\r\n]+)"/g;
/** How deep in its package a program may lie. */
const MAX_DEPTH = 6;

export function packageOf(program: string): NpmPackage | undefined {
  try {
    const real = realpathSync(program);
    for (const file of [...targetsOfShim(real), real]) {
      const found = packageAbove(file);
      if (found !== undefined) return found;
    }
  } catch {
    // Gone, or not ours to read: then it is told by other means.
  }
  return undefined;
}

function targetsOfShim(file: string): string[] {
  const bytes = Buffer.alloc(SHIM_BYTES);
  const fd = openSync(file, 'r');
  let length: number;
  try {
    length = readSync(fd, bytes, 0, SHIM_BYTES, 0);
  } finally {
    close(fd);
  }
  const text = bytes.toString('latin1', 0, length);
  if (!/^(?:@|#!)/.test(text)) return [];
  return [...text.matchAll(SHIM_TARGET)]
    .map(([, target = '']) => resolve(dirname(file), target.replaceAll('\\', '/')))
    .filter((target) => !/^node(?:\.exe)?$/i.test(basename(target)));
}

function packageAbove(file: string): NpmPackage | undefined {
  let folder = dirname(file);
  for (let depth = 0; depth < MAX_DEPTH && basename(folder) !== 'node_modules'; depth += 1) {
    const found = readPackage(join(folder, 'package.json'));
    if (found !== undefined) return found;
    folder = dirname(folder);
  }
  return undefined;
}

/** A file without a name only says how the modules beside it are written. */
function readPackage(path: string): NpmPackage | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    return typeof name === 'string' && typeof version === 'string' ? { name, version } : undefined;
  } catch {
    return undefined;
  }
}
