/** From where releases may be fetched. */
import { expect, test } from 'bun:test';
import { parseReleaseUrl } from '../../src/core/release-url.ts';

test.each([
  ['https://example.com/agent-server', 'https://example.com/agent-server'],
  ['https://EXAMPLE.com/a/', 'https://example.com/a'],
  ['https://example.com', 'https://example.com'],
  ['https://example.com:8443/a%20b/~c//', 'https://example.com:8443/a%20b/~c'],
  ['https://example.com/`x`', 'https://example.com/%60x%60'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['http://localhost/x', 'http://localhost/x'],
  ['http://[::1]:80/x', 'http://[::1]/x'],
  // What a browser would make of it too.
  ['http://2130706433/', 'http://127.0.0.1'],
])('%s is where %s is', (text, value) => {
  expect(parseReleaseUrl(text)).toEqual({ ok: true, value });
});

test.each([
  ['', 'it is not an address'],
  ['example.com/a', 'it is not an address'],
  ['/srv/releases', 'it is not an address'],
  ['http://example.com/', 'it must begin with https://'],
  ['http://127.0.0.1.example.com/', 'it must begin with https://'],
  ['http://localhost.example.com/', 'it must begin with https://'],
  ['http://example.com#127.0.0.1', 'it must begin with https://'],
  ['ftp://127.0.0.1/', 'it must begin with https://'],
  ['file:///srv/releases', 'it must begin with https://'],
  ['https://user@example.com/', 'it must not have a user'],
  ['https://:word@example.com/', 'it must not have a user'],
  ['https://example.com/?a=b', 'it must not have a ?'],
  ['https://example.com/#a', 'it must not have a ?'],
  ["https://example.com/'$(x)'", 'it has characters'],
  ['https://example.com/a;b', 'it has characters'],
])('%s is refused', (text, problem) => {
  expect(parseReleaseUrl(text)).toEqual({
    ok: false,
    failure: { reason: 'update-url-refused', problem: expect.stringContaining(problem) },
  });
});
