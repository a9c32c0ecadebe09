/** Which caller a key belongs to, and what a caller may do. */
import { describe, expect, spyOn, test } from 'bun:test';
import { keyHash } from '../../src/core/key-hash.ts';
import { mayUse, SCOPES, type Caller } from '../../src/http/caller.ts';
import { keyringOf, type ValidKey } from '../../src/http/keyring.ts';
import { singleKey } from '../support/single-key.ts';

test('the inherited key is that of a caller who may do everything', () => {
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

describe('keys of several sources', () => {
  const key = (keyId: string, ...scopes: string[]): ValidKey => ({ keyId, hash: keyHash(`key of ${keyId}`), scopes });
  const kept = [key('reader', 'observe', 'a-scope-of-later'), key('runner', 'run')];
  const used: string[] = [];
  const keys = keyringOf([
    { valid: () => [key('default', 'admin')] },
    { valid: () => kept, used: (keyId) => used.push(keyId) },
  ]);

  test('each is found, with what it may do; a word that is no scope allows nothing', () => {
    expect(keys.callerWith('key of default')).toEqual({ keyId: 'default', scopes: new Set(['admin']) });
    expect(keys.callerWith('key of reader')).toEqual({ keyId: 'reader', scopes: new Set(['observe']) });
    expect(keys.callerWith('key of nobody')).toBeUndefined();
  });

  test('the source of a key is told that it was used, and of no other', () => {
    used.length = 0;
    for (const id of ['default', 'runner', 'nobody']) keys.callerWith(`key of ${id}`);
    expect(used).toEqual(['runner']);
  });

  test('hashes of one length are compared in constant time, all of them, whichever is right', () => {
    const compare = spyOn(crypto, 'timingSafeEqual');
    const lengths = (given: string): unknown[] => {
      compare.mockClear();
      keys.callerWith(given);
      return compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    };
    const all = Array.from({ length: 3 }, () => [32, 32]);
    for (const given of ['key of default', 'key of runner', 'nobody', '', 'x'.repeat(5000)])
      expect({ given, lengths: lengths(given) }).toEqual({ given, lengths: all });
    compare.mockRestore();
  });
});
