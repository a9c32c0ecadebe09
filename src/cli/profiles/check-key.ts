/** Whether a server accepts a key, before the key is kept. */
import type { Client, HealthAnswer } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { newClient } from '../connection/connect.ts';
import { knowsKey } from '../connection/knows-key.ts';

const ANSWER_TIMEOUT_MS = 10_000;

/** Resolves to what the server says of itself; rejects with a ClientError where it is none, or refuses the key. */
export async function checkKey(url: string, key: string): Promise<HealthAnswer> {
  // Without the key first: whoever answers at a mistyped address must not get it.
  await ownHealth(newClient({ url, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 }), url);
  const client = newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 });
  const health = await ownHealth(client, url);
  // A key that may not observe gets the short answer too; another route tells it from one that is refused.
  if (!health.authenticated) await knowsKey(client);
  return health;
}

async function ownHealth(client: Client, url: string): Promise<HealthAnswer> {
  const health = await client.health();
  if (health.status !== 'ok' || typeof health.authenticated !== 'boolean')
    throw new ClientError({ reason: 'unexpected' }, `${url} does not answer as an agent-server does`);
  return health;
}
