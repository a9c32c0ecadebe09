/**
 * Keys on disk: `keys.json` in the data folder, of which this is format 1:
 *
 *     {"format":1,"keys":[{"id","name","hash","scopes",…}]}
 *
 * The file is replaced as a whole (0600), so that a crash leaves the old keys or the new ones. `hash` is the SHA-256 of a
 * key, in base64; no key is in there.
 */
import { join } from 'node:path';
import type { DurableFiles } from '../platform/files/durable-files.ts';
import type { KeptKey } from './key.ts';

/** A build raises it when earlier ones would misread what it writes; they leave such a file alone. */
const FORMAT = 1;
const NAME = 'keys.json';
const HASH_BYTES = 32;

export type StoredKeys =
  | { readonly is: 'read'; readonly keys: readonly KeptKey[] }
  /** A later version wrote it: it is neither read nor written. */
  | { readonly is: 'newer' }
  /** It was set aside under this path. */
  | { readonly is: 'damaged'; readonly asideAt: string };

/** Throws where the file cannot be read or set aside. */
export function readKeys(files: DurableFiles, folder: string): StoredKeys {
  // What a crash in the middle of a write left.
  for (const name of files.list(folder))
    if (name.startsWith(`${NAME}.`) && name.endsWith('.new')) files.remove(join(folder, name));
  const path = join(folder, NAME);
  const text = files.read(path);
  if (text === undefined) return { is: 'read', keys: [] };
  const found = parsed(text);
  if (isObject(found) && typeof found['format'] === 'number' && found['format'] > FORMAT) return { is: 'newer' };
  const keys = isObject(found) && found['format'] === FORMAT ? keysOf(found['keys']) : undefined;
  if (keys !== undefined) return { is: 'read', keys };
  const asideAt = `${path}.damaged`;
  files.rename(path, asideAt);
  return { is: 'damaged', asideAt };
}

/** Throws where it cannot be written. */
export function writeKeys(files: DurableFiles, folder: string, keys: Iterable<KeptKey>): void {
  const written = Array.from(keys, ({ hash, ...rest }) => ({ ...rest, hash: hash.toBase64() }));
  files.write(join(folder, NAME), `${JSON.stringify({ format: FORMAT, keys: written }, null, 2)}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined where any of them is none: half of the keys would look like all of them. */
function keysOf(value: unknown): readonly KeptKey[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const keys = value.flatMap((one: unknown) => keyOf(one) ?? []);
  return keys.length === value.length ? keys : undefined;
}

function keyOf(value: unknown): KeptKey | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, hash: written, scopes, createdAt, expiresAt, lastUsedAt, roots, ports } = value;
  const hash = hashOf(written);
  if (typeof id !== 'string' || typeof name !== 'string' || typeof createdAt !== 'number') return undefined;
  if (hash === undefined || !areTexts(scopes)) return undefined;
  // One that cannot be read must not become "never", or "anywhere".
  if (!isAbsentOr('number', expiresAt) || !isAbsentOr('number', lastUsedAt) || !isAbsentOr('string', ports))
    return undefined;
  if (roots !== undefined && !areTexts(roots)) return undefined;
  return {
    id,
    name,
    hash,
    scopes,
    createdAt,
    ...(expiresAt !== undefined && { expiresAt: expiresAt as number }),
    ...(lastUsedAt !== undefined && { lastUsedAt: lastUsedAt as number }),
    ...(roots !== undefined && { roots }),
    ...(ports !== undefined && { ports: ports as string }),
  };
}

function hashOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const hash = Uint8Array.fromBase64(value);
    return hash.length === HASH_BYTES ? hash : undefined;
  } catch {
    return undefined;
  }
}

const isAbsentOr = (type: 'number' | 'string', value: unknown): boolean => value === undefined || typeof value === type;

const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
