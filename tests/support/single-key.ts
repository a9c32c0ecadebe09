/** A keyring of one key that may do everything, as that of a server with no other. */
import { keyHash } from '../../src/core/key-hash.ts';
import { INHERITED_KEY_ID, keyringOf, type Keyring } from '../../src/http/keyring.ts';

export const singleKey = (key: string): Keyring =>
  keyringOf([{ valid: () => [{ keyId: INHERITED_KEY_ID, hash: keyHash(key), scopes: ['admin'] }] }]);
