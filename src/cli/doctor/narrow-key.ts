/** A key that the server accepts, and to which it says nothing of itself. */
import { ClientError } from '../../client/failure.ts';
import { newClient } from '../connection/connect.ts';
import { knowsKey } from '../connection/knows-key.ts';
import type { Finding, reporter } from './finding.ts';
import { ANSWER_TIMEOUT_MS } from './timeout.ts';

/** Of a key that got the short answer of `/health`. */
export async function isAccepted(url: string, key: string | undefined): Promise<boolean> {
  try {
    await knowsKey(newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 }));
    return true;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return false;
  }
}

/** `where`: the address of the server, and what is to be said of that. */
export const narrowFinding = (report: ReturnType<typeof reporter>, where: string): Finding =>
  report(
    'warn',
    `the server at ${where} accepts this key, which lacks the scope observe: the state of the server cannot be checked`,
    'to check it, give a key with the scope observe, with --key-file or --profile',
  );
