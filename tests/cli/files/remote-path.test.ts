/** Paths that may name their server. */
import { describe, expect, test } from 'bun:test';
import type { ConnectOptions } from '../../../src/cli/connection/server-choice.ts';
import { connectOptionsFor, parseNamedPath, type NamedPath } from '../../../src/cli/files/remote-path.ts';

describe('which server a path names', () => {
  const table: readonly [string, NamedPath][] = [
    ['box:/srv/app', { on: 'profile', profile: 'box', path: '/srv/app' }],
    ['box:C:\\app', { on: 'profile', profile: 'box', path: 'C:\\app' }],
    ['my.box-1:/a:b', { on: 'profile', profile: 'my.box-1', path: '/a:b' }],
    ['b:x', { on: 'profile', profile: 'b', path: 'x' }],
    ['box:', { on: 'profile', profile: 'box', path: '' }],
    [':/srv/app', { on: 'chosen', path: '/srv/app' }],
    [':C:/app', { on: 'chosen', path: 'C:/app' }],
    [':', { on: 'chosen', path: '' }],
    ['/srv/app', { on: 'unnamed', path: '/srv/app' }],
    ['/srv/a:b', { on: 'unnamed', path: '/srv/a:b' }],
    ['./a:b', { on: 'unnamed', path: './a:b' }],
    ['C:\\app', { on: 'unnamed', path: 'C:\\app' }],
    ['c:/app', { on: 'unnamed', path: 'c:/app' }],
    ['a name:b', { on: 'unnamed', path: 'a name:b' }],
    ['plain', { on: 'unnamed', path: 'plain' }],
    ['', { on: 'unnamed', path: '' }],
  ];
  test.each(table)('%s', (text, expected) => {
    expect(parseNamedPath(text)).toEqual(expected);
  });
});

test('the path says the profile, and no option may say another server', () => {
  const named = parseNamedPath('box:/srv');
  const given: ConnectOptions = { 'key-file': 'k' };
  expect(connectOptionsFor(named, given)).toEqual({
    ok: true,
    value: { ...given, profile: 'box', profileFrom: 'named before the path' },
  });
  expect(connectOptionsFor<ConnectOptions>(named, { profile: 'box' })).toEqual({
    ok: true,
    value: { profile: 'box', profileFrom: 'named before the path' },
  });
  for (const args of [{ url: 'http://x' }, { profile: 'other' }, { 'data-dir': 'd' }])
    expect(connectOptionsFor(named, args)).toMatchObject({ ok: false, failure: { reason: 'usage' } });
  expect(connectOptionsFor(parseNamedPath('/srv'), { url: 'http://x' })).toEqual({
    ok: true,
    value: { url: 'http://x' },
  });
});
