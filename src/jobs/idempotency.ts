/**
 * Safe retries: a client that did not get the answer submits again under the same key, and gets the
 * first job's id instead of a second job.
 */

/** How long a key is remembered: 24 hours. */
export const IDEMPOTENCY_MS = 24 * 60 * 60 * 1000;

/** What a retry is recognised by: the key, and a digest of the body it must come with. */
export interface Fingerprint {
  readonly key: string;
  readonly body: string;
}

/** The order of a JSON object's fields says nothing, so it does not count. */
export function fingerprintOf(key: string, body: unknown): Fingerprint {
  return { key, body: new Bun.CryptoHasher('sha256').update(canonicalJson(body)).digest('hex') };
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
