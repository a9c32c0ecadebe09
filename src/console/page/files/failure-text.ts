/** Why a request about files failed, in words for whoever has pressed something. */
import { ClientError } from '../../../client/failure.ts';
import type { Connection } from '../connection.ts';
import { sentence, showNotice } from '../notice.ts';

export function failureText(error: unknown): string {
  if (!(error instanceof ClientError) || error.failure.reason !== 'refused') return plain(error);
  const { status, body } = error.failure;
  if (status === 403 && typeof body['scope'] === 'string')
    return `The key of this page may not do that: it lacks the scope ${body['scope']}.`;
  return plain(error);
}

/** By the banner where that explains it, else by a notice. */
export function tellFailure(connection: Connection, error: unknown): void {
  if (!connection.explains(error)) showNotice(failureText(error));
}

const plain = (error: unknown): string => sentence(error instanceof Error ? error.message : String(error));
