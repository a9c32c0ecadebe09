/** A key as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import type { KeyRecord } from '../../keys/key.ts';
import type { KeyResource } from '../../protocol/keys.ts';
import { INHERITED_KEY_ID } from '../keyring.ts';

export const INHERITED_VIEW: KeyResource = {
  id: INHERITED_KEY_ID,
  name: 'inherited',
  scopes: ['admin'],
  createdAt: null,
  expiresAt: null,
  expired: false,
  lastUsedAt: null,
};

export const keyView = (record: KeyRecord, now: number): KeyResource => {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt, roots, ports } = record;
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: toSeconds(createdAt),
    expiresAt: expiresAt === undefined ? null : toSeconds(expiresAt),
    expired: expiresAt !== undefined && expiresAt <= now,
    lastUsedAt: lastUsedAt === undefined ? null : toSeconds(lastUsedAt),
    ...(roots !== undefined && { roots: [...roots] }),
    ...(ports !== undefined && { ports }),
  };
};
