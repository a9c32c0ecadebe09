import { describe, expect, test } from 'bun:test';
import { bundleApiPage } from '../../src/api-page/bundle.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';

describe('the API page over HTTP', () => {
  const rig = sharedRig(liveServer);

  async function page(): Promise<{ headers: Headers; text: string; policy: ReadonlyMap<string, string> }> {
    const response = await rig().request('/openapi', { key: null });
    expect(response.status).toBe(200);
    const rules = (response.headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
      const [name = '', ...values] = rule.split(' ');
      return [name, values.join(' ')] as const;
    });
    return { headers: response.headers, text: await response.text(), policy: new Map(rules) };
  }

  test('needs no key, and holds the document and none', async () => {
    const { headers, text } = await page();
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toStartWith('<!doctype html>');
    expect(text).not.toContain(rig().key);
    const embedded = /<script type="application\/json" id="document">([^]*?)<\/script>/.exec(text)?.[1] ?? '';
    expect(embedded).not.toContain('<');
    expect(JSON.parse(embedded)).toEqual((await rig().ask('/openapi.json', { key: null })).body);
  });

  test('is in a sandbox, and allows no inline code, no code from text, no other origin and no frame', async () => {
    const { headers, policy } = await page();
    expect(Object.fromEntries(policy)).toEqual({
      sandbox: 'allow-scripts',
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': expect.stringMatching(/^'nonce-[0-9a-f-]{36}'$/),
      'img-src': 'data:',
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'vue kept-styles',
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('names a nonce of its own in each answer', async () => {
    const [first, second] = [await page(), await page()];
    for (const { text, policy } of [first, second]) {
      const nonce = /<meta property="csp-nonce" content="([^"]+)"/.exec(text)?.[1] ?? '';
      expect(policy.get('style-src')).toBe(`'nonce-${nonce}'`);
    }
    expect(first.policy.get('style-src')).not.toBe(second.policy.get('style-src'));
  });

  test('names its files by their content: they are kept for ever, compressed where that is taken', async () => {
    const { text } = await page();
    const names = [...text.matchAll(/ (?:src|href)="(openapi\/[^"]+)"/g)].map(([, name = '']) => name);
    expect(names.map((name) => name.replace(/-\w+\./, '.'))).toEqual([
      'openapi/before.js',
      'openapi/scalar.js',
      'openapi/main.js',
    ]);
    for (const name of names) {
      const plain = await rig().request(`/${name}`, { key: null, headers: { 'accept-encoding': 'identity' } });
      const compressed = await rig().request(`/${name}`, { key: null, headers: { 'accept-encoding': 'gzip' } });
      expect({ name, status: plain.status, caching: plain.headers.get('cache-control') }).toEqual({
        name,
        status: 200,
        caching: 'public, max-age=31536000, immutable',
      });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(await compressed.text()).toBe(await plain.text());
    }
  });

  test('has no other files, and stays shut to foreign hosts and sites', async () => {
    expect(await rig().ask('/openapi/main.js', { key: null })).toMatchObject({
      status: 404,
      body: { error: 'not found' },
    });
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }, { origin: 'null' }])
      expect(await rig().ask('/openapi', { key: null, headers })).toMatchObject({ status: 403 });
  });
});

describe('what the API page adds to the executable', () => {
  test('is at most 2 MB, with the licence of the library and without what it was made from', async () => {
    const files = await bundleApiPage();
    expect(JSON.stringify(files).length).toBeLessThan(2_000_000);
    const scalar = files.find(({ name }) => name.startsWith('scalar-'));
    const text = new TextDecoder().decode(Bun.gunzipSync(Buffer.from(scalar?.gzip ?? '', 'base64')));
    expect(text).toMatch(/^\/\*![^]{0,200}MIT License[^]+Copyright/);
    expect(text).not.toContain('sourceMappingURL=standalone');
  });
});
