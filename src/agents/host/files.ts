/**
 * Files of this machine for an agent: `fs/read_text_file` and `fs/write_text_file` of the protocol, inside of the session's
 * working directory.
 *
 * A path is resolved, what is there is opened without following a link, and then the path is resolved again: who swaps a folder for
 * a link in between is found out. Between the last look and a rename remains a moment in which no file of ours can be moved into
 * another folder, since it has a random name there.
 *
 * - A file that does not exist is created, as the protocol asks, and so are its folders, as Zed does.
 * - Reading is exact: CR LF, and a byte order mark, are part of the text. What is not UTF-8 is refused rather than shown with U+FFFD in
 *   it, because an agent that writes back what it has read would destroy it.
 * - Works in Node too: it is part of the client library.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, ok, type Result } from '../../core/failure.ts';
import { confinePath, findRealPath } from '../../platform/files/index.ts';
import { isStillAt, openRegular } from '../../platform/files/open-regular.ts';
import { replaceFile } from '../../platform/files/replace-file.ts';
import type { PolicyName } from '../policy/policy-name.ts';
import { shown } from '../shown.ts';
import { fileFailure, type FileFailure } from './file-failure.ts';
import { parseReadParams, parseWriteParams } from './file-params.ts';
import { readLines } from './read-lines.ts';

/** Of text that is read at once. */
export const MAX_READ_BYTES = 16 * 1024 * 1024;

export interface FilesScope {
  /** The session's working directory, absolute. */
  readonly cwd: string;
  /** `allow-all` confines nothing, `read-only` and `deny-all` allow no writing. `ask` does not ask about files: they are inside. */
  readonly policy: PolicyName;
}

/** What an event says of it: the real path, and how many bytes were read or written. */
export interface FileUse {
  readonly path: string;
  readonly size: number;
}

export async function readTextFile(
  params: unknown,
  scope: FilesScope,
): Promise<Result<FileUse & { readonly content: string }, FileFailure>> {
  const checked = parseReadParams(params);
  if (!checked.ok) return checked;
  const { path: asked, line, limit } = checked.value;
  const located = locate(asked, scope);
  if (!located.ok) return located;
  const path = located.value;
  try {
    const opened = await openRegular(path);
    if (!opened.ok) return unsuitable(asked, opened.failure.reason);
    await using file = opened.value;
    if (!isStillRight(asked, path, scope) || !(await isStillAt(path, file))) return moved(asked);
    const read = async (buffer: Uint8Array): Promise<number> => (await file.read(buffer)).bytesRead;
    const lines = await readLines(read, { line, limit, maxBytes: MAX_READ_BYTES });
    if (!lines.ok) {
      return lines.failure.reason === 'too-large'
        ? fileFailure('file-unsuitable', `${shown(asked)} has more than 16 MiB: read it in parts, by line and limit`)
        : fileFailure(
            'params-invalid',
            `line ${line} is beyond the end of ${shown(asked)}, line ${lines.failure.lines}`,
          );
    }
    const content = textOf(lines.value);
    if (content === undefined) return fileFailure('file-unsuitable', `${shown(asked)} is not UTF-8 text`);
    return ok({ path, size: lines.value.length, content });
  } catch (error) {
    return systemFailure(asked, 'read', error);
  }
}

export async function writeTextFile(params: unknown, scope: FilesScope): Promise<Result<FileUse, FileFailure>> {
  const checked = parseWriteParams(params);
  if (!checked.ok) return checked;
  const { path: asked, content } = checked.value;
  if (scope.policy === 'read-only' || scope.policy === 'deny-all') {
    return fileFailure('file-refused', `the policy ${scope.policy} allows no writing`);
  }
  const located = locate(asked, scope);
  if (!located.ok) return located;
  const path = located.value;
  const bytes = new TextEncoder().encode(content);
  try {
    await mkdir(dirname(path), { recursive: true });
    const replaced = await replaceFile(path, bytes, () => isStillRight(asked, path, scope));
    if (replaced.ok) return ok({ path, size: bytes.length });
    return replaced.failure.reason === 'moved' ? moved(asked) : unsuitable(asked, replaced.failure.reason);
  } catch (error) {
    return systemFailure(asked, 'written', error);
  }
}

function locate(asked: string, { cwd, policy }: FilesScope): Result<string, FileFailure> {
  if (policy === 'allow-all') {
    const real = findRealPath(cwd, asked);
    return real.found ? ok(real.path) : fileFailure('file-refused', `${shown(asked)} ${real.reason}`);
  }
  const confined = confinePath(cwd, asked);
  return confined.inside ? ok(confined.path) : fileFailure('file-refused', `${shown(asked)} ${confined.reason}`);
}

function isStillRight(asked: string, path: string, scope: FilesScope): boolean {
  const again = locate(asked, scope);
  return again.ok && again.value === path;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const moved = (asked: string) => fileFailure('file-refused', `${shown(asked)} was moved while it was opened`);

const unsuitable = (asked: string, reason: 'is-folder' | 'is-no-file') =>
  fileFailure('file-unsuitable', `${shown(asked)} is ${reason === 'is-folder' ? 'a folder' : 'no regular file'}`);

function systemFailure(asked: string, done: 'read' | 'written', error: unknown) {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return code === 'ENOENT'
    ? fileFailure('file-unknown', `${shown(asked)} does not exist`)
    : fileFailure('file-failed', `${shown(asked)} cannot be ${done} (${code})`);
}
