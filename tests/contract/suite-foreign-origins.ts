/** 1.9 and 2: whom the server takes a request from: Host and Origin, and no CORS. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export function foreignOriginsSuite(door: Door): void {
  describe('1.9 and 2: Host and Origin', () => {
    const rig = sharedRig(door);

    test.each([
      'evil.example',
      'localhost.evil.example',
      'evil.example:8585',
      '127.0.0.1.evil.example',
      'localhost@evil.example',
      '192.168.7.7',
      '0.0.0.0',
      'localhost, localhost',
      'localhost/x',
    ])('Host %s: 403', async (host) => {
      // Not even /health, which needs no key.
      for (const path of ['/health', '/jobs', '/openapi.json', '/nothing']) {
        const { status, body } = await rig().ask(path, { headers: { host } });
        expect({ path, status, body }).toEqual({ path, status: 403, body: { error: expect.any(String) } });
      }
    });

    test.each(['localhost', 'localhost:1', '127.0.0.1', '127.0.0.1:8585', '[::1]', '[::1]:99', 'LOCALHOST'])(
      'Host %s is ours',
      async (host) => {
        expect((await rig().ask('/jobs', { headers: { host } })).status).toBe(200);
      },
    );

    test.each([
      'https://evil.example',
      'http://localhost:1',
      'http://127.0.0.1',
      'null',
      'file://',
      'http://localhost.evil.example',
      'chrome-extension://abc',
      'garbage',
      '',
      'http://localhost@evil.example',
    ])('Origin %p: 403, even with the key', async (origin) => {
      const host = 'localhost:8585';
      for (const path of ['/health', '/jobs']) {
        const { status, body } = await rig().ask(path, { headers: { host, origin } });
        expect({ path, status, body }).toEqual({ path, status: 403, body: { error: expect.any(String) } });
      }
      expect((await rig().ask('/exec', { json: { command: 'x' }, headers: { host, origin } })).status).toBe(403);
    });

    test('the origin that was asked is ours', async () => {
      expect(
        (await rig().ask('/jobs', { headers: { host: 'localhost:8585', origin: 'http://localhost:8585' } })).status,
      ).toBe(200);
      expect((await rig().ask('/jobs', { headers: { host: 'localhost', origin: 'http://localhost' } })).status).toBe(
        200,
      );
    });

    test('no answer carries a CORS header', async () => {
      const origin = 'https://evil.example';
      const preflight = {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
      };
      const asked = [
        await rig().request('/exec', { ...preflight, key: null }),
        await rig().request('/exec', {
          ...preflight,
          headers: { ...preflight.headers, origin: 'http://localhost', host: 'localhost' },
        }),
        await rig().request('/health', { headers: { origin } }),
        await rig().request('/health'),
      ];
      for (const response of asked)
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(asked.map(({ status }) => status)).toEqual([403, 405, 403, 200]);
    });
  });
}
