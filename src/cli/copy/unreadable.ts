/**
 * What a server could not read of a folder: it says so in a last file of the archive, which is taken away again where it was
 * unpacked. A file of the folder itself that has that name looks otherwise.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { codeOf } from '../../core/failure.ts';
import { ERRORS_NAME } from '../../files/archive/read-errors.ts';
import { inFolder } from './target-path.ts';

const LINE = /^"(\\.|[^"\\])*": .+$|^and \d+ more$/;

export async function takeUnreadableHere(folder: string): Promise<readonly string[]> {
  const path = join(folder, ERRORS_NAME);
  try {
    const lines = linesIn(await readFile(path, 'utf8'));
    if (lines.length > 0) await rm(path);
    return lines;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

export async function takeUnreadable(client: Client, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const path = inFolder({ at: 'server' }, folder, ERRORS_NAME);
  try {
    const lines = linesIn(await (await client.files.read(path, { signal })).text());
    if (lines.length > 0) await client.files.delete(path, { signal });
    return lines;
  } catch (error) {
    if (error instanceof ClientError && (error.status === 404 || error.status === 409)) return [];
    throw error;
  }
}

function linesIn(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n');
  return lines.every((line) => LINE.test(line)) ? lines : [];
}
