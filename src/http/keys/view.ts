/** A key as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import type { KeyRecord } from '../../keys/key.ts';
import type { KeyResource } from '../../protocol/keys.ts';
import { INHERITED_KEY_ID } from '../keyring.ts';

export const inheritedView = (lastUsedAt: number | undefined): KeyResource => ({
  id: INHERITED_KEY_ID,
  name: 'inherited',
  scopes: ['admin'],
  createdAt: null,
  expiresAt: null,
  expired: false,
  lastUsedAt: lastUsedAt === undefined ? null : toSeconds(lastUsedAt),
});

export const keyView = (record: KeyRecord, expired = false): KeyResource => {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt, roots, ports } = record;
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: toSeconds(createdAt),
    expiresAt: expiresAt === undefined ? null : toSeconds(expiresAt),
    expired,
    // Its minute may have begun before the key was made.
    lastUsedAt: lastUsedAt === undefined ? null : toSeconds(Math.max(lastUsedAt, createdAt)),
    ...(roots !== undefined && { roots: [...roots] }),
    ...(ports !== undefined && { ports }),
  };
};
