import { describe, expect, test } from 'bun:test';
import { withStrictStyles } from '../../src/console/strict-styles.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';

describe('the console page over HTTP', () => {
  const rig = sharedRig(liveServer);

  async function page(headers: Record<string, string> = {}) {
    const response = await rig().request('/', { key: null, headers });
    return { response, text: await response.text() };
  }

  test('needs no key, says what it may load, and is asked for again each time', async () => {
    const { response, text } = await page();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(text).toStartWith('<!doctype html>');
    expect(text).not.toMatch(/<style|<script>| style=| on\w+=|https?:/);
    const again = await rig().request('/', {
      key: null,
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('allows no inline code, no other origin and no frame', async () => {
    const { response } = await page();
    const policy = new Map(
      (response.headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
        const [name = '', ...values] = rule.split(' ');
        return [name, values.join(' ')] as const;
      }),
    );
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' blob:",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('names its files by their content: they are kept for ever, compressed where that is taken', async () => {
    const { text } = await page();
    const names = [...text.matchAll(/(?:src|href)="(console\/[^"]+)"/g)].map(([, name = '']) => name);
    expect(names.map((name) => name.replace(/-\w+\./, '.')).toSorted()).toEqual([
      'console/console.css',
      'console/icon.svg',
      'console/main.js',
    ]);
    for (const name of names) {
      const path = `/${name}`;
      const plain = await rig().request(path, { key: null, headers: { 'accept-encoding': 'identity' } });
      const packed = await rig().request(path, { key: null, headers: { 'accept-encoding': 'gzip' } });
      expect({ name, status: plain.status, caching: plain.headers.get('cache-control') }).toEqual({
        name,
        status: 200,
        caching: 'public, max-age=31536000, immutable',
      });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect(await packed.text()).toBe(await plain.text());
    }
  });

  test('has no other files, and stays shut to foreign hosts and sites', async () => {
    expect(await rig().ask('/console/main.js', { key: null })).toMatchObject({
      status: 404,
      body: { error: 'not found' },
    });
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }])
      expect(await rig().ask('/', { key: null, headers })).toMatchObject({ status: 403 });
  });
});

describe('xterm.js without inline styles', () => {
  const places = (elements: number, attributes: number): string =>
    [
      ...Array.from({ length: elements }, () => 'this._s=this._document.createElement("style");'),
      ...Array.from({ length: attributes }, () => 't.setAttribute("style",`${t.getAttribute("style")||""}${e};`);'),
    ].join('');

  test('its style elements are adopted, its style attributes set by property', () => {
    const patched = withStrictStyles(places(3, 1));
    expect(patched.match(/adoptedStyle\(\)/g)).toHaveLength(3);
    expect(patched).toContain('t.style.cssText+=e;');
    expect(patched).not.toMatch(/createElement|setAttribute/);
  });

  test.each([
    [2, 1],
    [4, 1],
    [3, 0],
  ])('with %i style elements and %i attributes it is another xterm.js, and is refused', (elements, attributes) => {
    expect(() => withStrictStyles(places(elements, attributes))).toThrow('other places');
  });
});
