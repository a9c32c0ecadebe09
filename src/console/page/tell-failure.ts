/** A request that failed: the banner or the key dialog says so where they can, a notice where the server said no. */
import type { Connection } from './connection.ts';
import { sentence, showNotice } from './notice.ts';

export function tellFailure(connection: Connection, error: unknown): void {
  if (!connection.explains(error)) showNotice(sentence(error instanceof Error ? error.message : String(error)));
}
