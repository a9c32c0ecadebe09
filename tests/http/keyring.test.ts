/** Which caller a key belongs to, and what a caller may do. */
import { expect, test } from 'bun:test';
import { mayUse, SCOPES, type Caller } from '../../src/http/caller.ts';
import { singleKey } from '../../src/http/keyring.ts';

test('the one key is that of a caller who may do everything', () => {
  const caller = singleKey('secret').callerWith('secret');
  expect(caller?.keyId).toBe('default');
  expect(SCOPES.filter((scope) => caller === undefined || !mayUse(caller, scope))).toEqual([]);
});

test.each(['', 'Secret', 'secret ', 'secre', 'secrets', 'secret\0'])('%j is another key', (given) => {
  expect(singleKey('secret').callerWith(given)).toBeUndefined();
});

test('a key has the scopes that it was given, and no other', () => {
  const caller: Caller = { keyId: 'reader', scopes: new Set(['observe', 'files:read']) };
  expect(SCOPES.filter((scope) => mayUse(caller, scope))).toEqual(['observe', 'files:read']);
});
