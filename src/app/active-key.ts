/**
 * The key that is inherited from devpilot-agent, while the server runs: it may do everything, and can be replaced.
 *
 *   active ──rotate: the key file is written, then it counts──▶ active (another value)
 *
 * Whoever tells it to others, as the registration at a dashboard does, listens with `onRotated`.
 */
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { newSecret } from '../core/id.ts';
import { keyHash } from '../core/key-hash.ts';
import { INHERITED_KEY_ID, type KeySource, type ValidKey } from '../http/keyring.ts';
import { replaceKeyFile, type ApiKey } from '../platform/files/key-file.ts';

/** Both are secrets. */
export interface KeyRotation {
  readonly previous: string;
  readonly current: string;
}

export type RotationFailure =
  /** It would come back with the next start. */
  | { readonly reason: 'key-from-environment'; readonly variable: string }
  | { readonly reason: 'storage-failed'; readonly detail: string };

const MINUTE_MS = 60_000;

export class ActiveKey implements ApiKey, KeySource {
  readonly path: string;
  readonly made: boolean;
  readonly #variable: string | undefined;
  readonly #listeners = new Set<(rotation: KeyRotation) => void>();
  readonly #clock: Pick<Clock, 'now'>;
  #lastUsedAt: number | undefined;
  #value: string;
  #valid: readonly [ValidKey];

  constructor({ value, path, made, variable }: ApiKey, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.path = path;
    this.made = made;
    this.#variable = variable;
    this.#value = value;
    this.#valid = [validKey(value)];
  }

  get value(): string {
    return this.#value;
  }

  valid(): readonly [ValidKey] {
    return this.#valid;
  }

  used(): void {
    this.#lastUsedAt = this.#clock.now();
  }

  /** To the minute, as with the other keys; kept nowhere. */
  get lastUsedAt(): number | undefined {
    return this.#lastUsedAt === undefined ? undefined : Math.floor(this.#lastUsedAt / MINUTE_MS) * MINUTE_MS;
  }

  /** Called after each rotation, when the new key counts; dispose to call it off. */
  onRotated(listener: (rotation: KeyRotation) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Makes another key, which it returns; the old one is none any more. */
  rotate(): Result<string, RotationFailure> {
    if (this.#variable !== undefined) return fail({ reason: 'key-from-environment', variable: this.#variable });
    const previous = this.#value;
    const current = newSecret();
    try {
      replaceKeyFile(this.path, current);
    } catch (error) {
      return fail({ reason: 'storage-failed', detail: messageOf(error) });
    }
    this.#value = current;
    this.#valid = [validKey(current)];
    for (const listener of this.#listeners) listener({ previous, current });
    return ok(current);
  }
}

const validKey = (value: string): ValidKey => ({
  keyId: INHERITED_KEY_ID,
  hash: keyHash(value),
  scopes: ['admin'],
});
