/**
 * The keys of this server beside the inherited one: each has a name, scopes, and perhaps a time at which it ends.
 *
 *   valid ──rotate──▶ valid (under another secret)
 *     ├──its time is over──▶ expired (still listed, opens nothing) ──delete──▶ gone
 *     └──delete──▶ gone
 *
 * A key is shown once, when it is made; what is kept is its hash. Whenever one ends, `ended` is called, so that whatever
 * goes on under it can be ended too.
 */
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { newId, newSecret } from '../core/id.ts';
import { keyHash } from '../core/key-hash.ts';
import type { Log } from '../core/log.ts';
import type { DurableFiles } from '../platform/files/durable-files.ts';
import type { KeptKey, KeyRecord, ListedKey } from './key.ts';
import { readKeys, writeKeys } from './stored.ts';

export interface KeysOptions {
  /** Data folder, which this process alone uses. */
  readonly folder: string;
  readonly files: DurableFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** A key is no longer valid. `by`: the request that ended it, where one did. */
  readonly ended: (id: string, by: Request | undefined) => void;
}

export interface KeyWish extends Pick<KeyRecord, 'name' | 'scopes' | 'roots' | 'ports'> {
  /** Milliseconds; absent: for good. */
  readonly lifetimeMs?: number;
}

/** A key, once. */
export interface MadeKey {
  readonly record: KeyRecord;
  readonly key: string;
}

type Unstorable =
  | { readonly reason: 'keys-of-later-version' }
  | { readonly reason: 'storage-failed'; readonly detail: string };

export type AddFailure =
  | Unstorable
  | { readonly reason: 'name-taken'; readonly name: string }
  | { readonly reason: 'too-many-keys'; readonly limit: number };

export type RotateFailure = Unstorable | { readonly reason: 'key-not-found' } | { readonly reason: 'key-expired' };

export type DeleteFailure = Unstorable | { readonly reason: 'key-not-found' };

/** Each costs a comparison of 32 bytes with every request. */
const MAX_KEYS = 256;
const MINUTE_MS = 60_000;

const NONE: readonly KeptKey[] = [];

export class Keys implements Disposable {
  readonly #options: KeysOptions;
  /** False: a later version wrote the file. */
  readonly #ours: boolean;
  readonly #problems: readonly string[];
  #keys = new Map<string, KeptKey>();
  /** Deleted, although that could not be stored. */
  readonly #revoked = new Set<string>();
  /** Those whose end was told. */
  readonly #over = new Set<string>();
  #expiry: Disposable | undefined;
  #saving: Disposable | undefined;

  /** Throws where the file cannot be read. */
  constructor(options: KeysOptions) {
    this.#options = options;
    const stored = readKeys(options.files, options.folder);
    this.#ours = stored.is !== 'newer';
    if (stored.is === 'read') this.#keys = new Map(stored.keys.map((key) => [key.id, key]));
    this.#problems = {
      read: [],
      newer: ['API keys were stored by a later version: only the inherited key is valid'],
      damaged: ['the stored API keys are damaged and were set aside: none of them is valid any more'],
    }[stored.is];
    for (const problem of this.#problems)
      options.log.warn(problem, stored.is === 'damaged' ? { path: stored.asideAt } : {});
    this.#awaitExpiry();
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Oldest first. */
  list(): readonly ListedKey[] {
    const now = this.#options.clock.now();
    return Array.from(this.#keys.values(), (key) => ({ ...key, expired: this.#isOver(key, now) }));
  }

  /** Those that open something now. */
  valid(): readonly KeptKey[] {
    // Every request asks, and most servers have none.
    if (this.#keys.size === 0) return NONE;
    const now = this.#options.clock.now();
    return Array.from(this.#keys.values()).filter((key) => !this.#revoked.has(key.id) && !this.#isOver(key, now));
  }

  add({ name, scopes, roots, ports, lifetimeMs }: KeyWish): Result<MadeKey, AddFailure> {
    const now = this.#options.clock.now();
    for (const other of this.valid()) if (other.name === name) return fail({ reason: 'name-taken', name });
    if (this.#keys.size >= MAX_KEYS) return fail({ reason: 'too-many-keys', limit: MAX_KEYS });
    const key = newSecret();
    const record: KeptKey = {
      id: newId(),
      name,
      scopes: [...new Set(scopes)],
      hash: keyHash(key),
      createdAt: now,
      ...(lifetimeMs !== undefined && { expiresAt: now + lifetimeMs }),
      ...(roots !== undefined && { roots }),
      ...(ports !== undefined && { ports }),
    };
    const stored = this.#store(new Map(this.#keys).set(record.id, record));
    if (!stored.ok) return stored;
    this.#awaitExpiry();
    return ok({ record, key });
  }

  /** The same key under another secret, until the same time. */
  rotate(id: string, by?: Request): Result<MadeKey, RotateFailure> {
    const old = this.#keys.get(id);
    if (old === undefined || this.#revoked.has(id)) return fail({ reason: 'key-not-found' });
    if (this.#isOver(old, this.#options.clock.now())) return fail({ reason: 'key-expired' });
    const key = newSecret();
    const record: KeptKey = { ...old, hash: keyHash(key) };
    const stored = this.#store(new Map(this.#keys).set(id, record));
    if (!stored.ok) return stored;
    this.#options.ended(id, by);
    return ok({ record, key });
  }

  /** The key is none at once, even where that cannot be stored: then deleting it can be tried again. */
  delete(id: string, by?: Request): Result<undefined, DeleteFailure> {
    if (!this.#keys.has(id)) return fail({ reason: 'key-not-found' });
    this.#revoked.add(id);
    this.#options.ended(id, by);
    return this.#store(this.#keys);
  }

  /** Kept to the minute, so that a busy key does not write to the disk with each request. */
  used(id: string): void {
    const key = this.#keys.get(id);
    const lastUsedAt = Math.floor(this.#options.clock.now() / MINUTE_MS) * MINUTE_MS;
    if (key === undefined || (key.lastUsedAt ?? 0) >= lastUsedAt) return;
    this.#keys.set(id, { ...key, lastUsedAt });
    this.#saving ??= this.#options.clock.after(MINUTE_MS, () => this.#saveUse());
  }

  #saveUse(): void {
    this.#saving?.[Symbol.dispose]();
    this.#saving = undefined;
    const saved = this.#store(this.#keys);
    if (!saved.ok) this.#options.log.warn('when keys were last used could not be stored', { ...saved.failure });
  }

  /** What cannot be stored does not count; but for what was deleted. */
  #store(keys: ReadonlyMap<string, KeptKey>): Result<undefined, Unstorable> {
    if (!this.#ours) return fail({ reason: 'keys-of-later-version' });
    const kept = new Map([...keys].filter(([id]) => !this.#revoked.has(id)));
    try {
      writeKeys(this.#options.files, this.#options.folder, kept.values());
    } catch (error) {
      return fail({ reason: 'storage-failed', detail: messageOf(error) });
    }
    this.#keys = kept;
    this.#revoked.clear();
    return ok(undefined);
  }

  /** Looks once a minute at least: a clock that was set, or a machine that slept, must not give a key more time. */
  #awaitExpiry(): void {
    this.#expiry?.[Symbol.dispose]();
    this.#expiry = undefined;
    const now = this.#options.clock.now();
    let next = Infinity;
    for (const key of this.#keys.values()) {
      if (key.expiresAt === undefined || this.#over.has(key.id)) continue;
      if (key.expiresAt > now) next = Math.min(next, key.expiresAt - now);
      else {
        this.#over.add(key.id);
        this.#options.ended(key.id, undefined);
      }
    }
    if (next === Infinity) return;
    this.#expiry = this.#options.clock.after(Math.min(next, MINUTE_MS), () => this.#awaitExpiry());
  }

  /** For good, even if the clock is set back. */
  #isOver({ id, expiresAt }: KeyRecord, now: number): boolean {
    return this.#over.has(id) || (expiresAt !== undefined && expiresAt <= now);
  }

  [Symbol.dispose](): void {
    this.#expiry?.[Symbol.dispose]();
    if (this.#saving !== undefined) this.#saveUse();
  }
}
