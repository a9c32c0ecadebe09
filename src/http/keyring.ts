/** The keys of this server: which caller a key belongs to. */
import type { Caller } from './caller.ts';

export interface Keyring {
  /** Undefined for a key that is not one of this server. */
  callerWith(key: string): Caller | undefined;
}

/** The one key that is inherited from devpilot-agent: it may do everything. */
export function singleKey(key: string): Keyring {
  const expected = digest(key);
  const caller: Caller = { keyId: 'default', scopes: new Set(['admin']) };
  return {
    // Of the global object: node:crypto takes 3 ms to load at every start.
    // Digests have one length, so that neither the content nor the length of the key shows in the time.
    callerWith: (given) => (crypto.timingSafeEqual(digest(given), expected) ? caller : undefined),
  };
}

const digest = (text: string): Uint8Array => new Bun.CryptoHasher('sha256').update(text).digest();
