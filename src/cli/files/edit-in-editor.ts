/**
 * A file of the server's machine in an editor here:
 *
 *   read ──▶ copy ──editor──▶ unchanged: nothing is written
 *                      └────▶ changed ──If-Match──▶ written
 *                                          └──────▶ refused: the copy stays, and is named
 *
 * What is written are the bytes that the editor has saved. A file that has changed on the server meanwhile is never
 * overwritten.
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { messageOf } from '../../core/failure.ts';
import { PROGRAM } from '../command/program.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { complain, note, printJson } from '../output.ts';
import { runEditor } from './editor.ts';
import { EditedCopy, type Original } from './edited-copy.ts';
import { shownName } from './foreign-name.ts';

const CHANGED_MEANWHILE = 412;

export interface EditingOptions {
  readonly editor: readonly string[];
  readonly json: boolean;
  /** The path as it was typed, with its server. */
  readonly typed: string;
}

/** Resolves to the exit code. */
export async function editInEditor(client: Client, path: string, options: EditingOptions): Promise<number> {
  using copy = new EditedCopy(path);
  const original = await copy.load(client, path);
  const ended = await runEditor(options.editor, copy.path);
  if (!ended.ok) {
    complain(ended.failure.message);
    return 1;
  }
  const sha256 = await copy.hash();
  const changed = sha256 !== undefined && sha256 !== original.sha256;
  if (ended.value !== 0) {
    complain(`the editor ended with exit code ${ended.value}: nothing was written`);
    if (changed) keepCopy(copy);
    return ended.value > 128 ? ended.value : 1;
  }
  if (!changed) {
    if (sha256 === undefined && original.sha256 !== undefined)
      complain('the copy is not there any more: nothing was written');
    else note(`nothing has changed: ${shownName(path)} was not written`);
    return sha256 === undefined && original.sha256 !== undefined ? 1 : 0;
  }
  try {
    return await save(client, path, copy, { ...original, sha256 }, options);
  } catch (error) {
    // Also where it is a bug: what was typed must not be lost with it.
    keepCopy(copy);
    if (!(error instanceof ClientError)) complain(messageOf(error));
    else complain(whyNot(error, path));
    if (error instanceof ClientError && error.status === CHANGED_MEANWHILE)
      note(`see what differs: ${PROGRAM} cat '${shownName(options.typed)}' | diff - '${copy.path}'`);
    return 1;
  }
}

async function save(
  client: Client,
  path: string,
  copy: EditedCopy,
  { version, sha256 }: Original & { readonly sha256: string },
  { json }: EditingOptions,
): Promise<number> {
  const entry = await client.files.write(path, Bun.file(copy.path), { version, sha256 });
  if (json) await printJson(entry);
  else note(`${version === 'none' ? 'made' : 'written'}: ${shownName(path)}, ${entry.size} bytes`);
  return 0;
}

function whyNot(error: ClientError, path: string): string {
  if (error.status === CHANGED_MEANWHILE)
    return `${path} has changed on the server meanwhile (${error.message}): nothing was written`;
  // The answer may be all that was lost.
  if (error.transient) return `${path} may not have been written: ${explainClientError(error)}`;
  return `${path} was not written: ${explainClientError(error)}`;
}

function keepCopy(copy: EditedCopy): void {
  copy.keep();
  note(`your edited copy is kept: ${copy.path}`);
}
