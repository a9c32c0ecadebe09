/** Reports a failed request to the user: by the banner or the key dialog where these explain it, else by a notice. */
import type { Connection } from './connection.ts';
import { sentence, showNotice } from './notice.ts';

export function reportFailure(connection: Connection, error: unknown): void {
  if (!connection.explains(error)) showNotice(sentence(error instanceof Error ? error.message : String(error)));
}
