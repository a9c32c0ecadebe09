/** Whether a server knows a key that got the short answer of `/health`: one that may not observe gets that, too. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';

/** Rejects with a ClientError where the server refuses the key. */
export async function knowsKey(client: Client): Promise<void> {
  try {
    await client.jobs({ limit: 1, tailLines: 0 });
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 403) throw error;
  }
}
