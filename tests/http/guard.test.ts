/** What the guard yields, and names of this server that come and go. */
import { describe, expect, test } from 'bun:test';
import type { Caller, Scope } from '../../src/http/caller.ts';
import { Guard } from '../../src/http/guard.ts';

const caller = (keyId: string, ...scopes: Scope[]): Caller => ({ keyId, scopes: new Set(scopes) });
const CALLERS: Readonly<Record<string, Caller>> = {
  all: caller('a', 'admin'),
  reader: caller('b', 'observe'),
  runner: caller('c', 'observe', 'run'),
};
const keys = { callerWith: (key: string) => CALLERS[key] };
const ask = (headers: Readonly<Record<string, string>>) =>
  new Request('http://localhost/jobs', { headers: { host: 'localhost', ...headers } });
const withKey = (key: string) => ask({ 'x-api-key': key });

describe('scopes', () => {
  const guard = new Guard({ keys, hosts: [] });
  test.each([
    ['all', 'run', true],
    ['all', 'files:write', true],
    ['reader', 'observe', true],
    ['reader', 'run', false],
    ['reader', 'admin', false],
    ['runner', 'run', true],
    ['runner', 'agents', false],
  ] as const)('the key of %s for %s: %p', (key, scope, allowed) => {
    expect(guard.check(withKey(key), scope)).toEqual(
      allowed ? { ok: true, value: CALLERS[key] } : { ok: false, failure: { reason: 'scope-missing', scope } },
    );
  });

  test('an open route yields the caller where there is one, and takes everybody', () => {
    expect(guard.check(withKey('reader'), 'open')).toEqual({ ok: true, value: CALLERS['reader'] });
    for (const request of [ask({}), withKey('wrong')])
      expect(guard.check(request, 'open')).toEqual({ ok: true, value: undefined });
  });

  test('any key is one of ours, whatever it may do', () => {
    expect(guard.check(withKey('reader'), 'any-key').ok).toBe(true);
    expect(guard.check(withKey('wrong'), 'any-key')).toEqual({ ok: false, failure: { reason: 'key-invalid' } });
  });

  test('two keys that are both ours but not the same are no key', () => {
    const both = ask({ 'x-api-key': 'reader', authorization: 'Bearer runner' });
    expect(guard.check(both, 'observe')).toEqual({ ok: false, failure: { reason: 'key-invalid' } });
  });
});

describe('names of this server', () => {
  const named = (guard: Guard, host: string) => guard.checkSource(ask({ host })) === undefined;

  test('one that is allowed is ours until it is given back, as often as it was allowed', () => {
    const guard = new Guard({ keys, hosts: ['always.example'] });
    expect(named(guard, 'tunnel.example')).toBe(false);
    const first = guard.allow('tunnel.example');
    const second = guard.allow('tunnel.example');
    const third = guard.allow('always.example');
    expect(named(guard, 'tunnel.example')).toBe(true);
    expect(guard.checkSource(ask({ host: 'localhost', origin: 'https://tunnel.example' }))).toBeUndefined();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(named(guard, 'tunnel.example')).toBe(true);
    second[Symbol.dispose]();
    third[Symbol.dispose]();
    expect(named(guard, 'tunnel.example')).toBe(false);
    expect(named(guard, 'always.example')).toBe(true);
    expect(named(guard, 'localhost')).toBe(true);
  });

  test('addresses of this machine are looked up when they are asked for: a VPN may come up later', () => {
    const addresses = ['192.0.2.1'];
    const guard = new Guard({ keys, hosts: [], addresses: () => addresses });
    expect(named(guard, '192.0.2.1:8585')).toBe(true);
    expect(named(guard, '198.51.100.7')).toBe(false);
    addresses.push('198.51.100.7', '[2001:db8::1]');
    expect(named(guard, '198.51.100.7')).toBe(true);
    expect(named(guard, '[2001:db8::1]:8585')).toBe(true);
    addresses.length = 0;
    expect(named(guard, '192.0.2.1')).toBe(false);
  });
});
