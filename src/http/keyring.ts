/** The keys of this server: which caller a key belongs to. */
import { keyHash } from '../core/key-hash.ts';
import { SCOPES, type Caller, type Scope } from './caller.ts';

export interface Keyring {
  /** Undefined for a key that is not one of this server, or no longer is. */
  callerWith(key: string): Caller | undefined;
}

export interface ValidKey {
  readonly keyId: string;
  /** As `keyHash` makes it. */
  readonly hash: Uint8Array;
  /** Words that are no scope, such as one of a later version, allow nothing. */
  readonly scopes: readonly string[];
  /** Folders that it is restricted to, as they were given; absent: to none. */
  readonly roots?: readonly string[] | undefined;
  /** Ports that it is restricted to, as they were given; absent: to none. */
  readonly ports?: string | undefined;
}

/** Who keeps keys. */
export interface KeySource {
  /** Those that are valid now. */
  valid(): readonly ValidKey[];
  /** A request has come with that key. */
  used?(keyId: string): void;
}

/** The id of the key that is inherited from devpilot-agent, which may do everything. */
export const INHERITED_KEY_ID = 'default';

export function keyringOf(sources: readonly KeySource[]): Keyring {
  /** Of keys whose source gives the same object again. */
  const callers = new WeakMap<ValidKey, Caller>();
  return {
    callerWith(key) {
      const hash = keyHash(key);
      let found: { readonly key: ValidKey; readonly source: KeySource } | undefined;
      // To the end, also when it is found: the time says neither which one it is nor how much of it was right.
      for (const source of sources)
        for (const one of source.valid())
          // Of the global object: node:crypto takes 3 ms to load at every start.
          if (crypto.timingSafeEqual(hash, one.hash)) found = { key: one, source };
      if (found === undefined) return undefined;
      found.source.used?.(found.key.keyId);
      const known = callers.get(found.key);
      if (known !== undefined) return known;
      const caller = callerOf(found.key);
      callers.set(found.key, caller);
      return caller;
    },
  };
}

const callerOf = ({ keyId, scopes, roots, ports }: ValidKey): Caller => ({
  keyId,
  scopes: new Set(scopes.filter(isScope)),
  ...(roots !== undefined && { roots }),
  ...(ports !== undefined && { ports }),
});

const isScope = (word: string): word is Scope => (SCOPES as readonly string[]).includes(word);
