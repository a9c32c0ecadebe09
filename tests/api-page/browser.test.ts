/**
 * The API page in a real browser. `WatchedPage` fails each story in which the page breaks its own policy, asks anybody
 * else, or throws.
 */
import { expect, setDefaultTimeout, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { DescribedApi } from '../../src/api-page/page/samples/sample-request.ts';
import { withSamples, type Sample } from '../../src/api-page/page/samples/samples.ts';
import { inChromium, type ChromiumOptions, type OpenPage } from '../console/chromium.ts';
import { FAINT } from '../console/looks.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';

/** Of the ground of the page, 0–255. */
async function brightness(page: Page): Promise<number> {
  const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  return Math.max(...(ground.match(/\d+/g) ?? []).slice(0, 3).map(Number));
}

/** Runs in the page: what it might do with the console, and with the server, as an attacker would; what came of each. */
const ATTEMPTS = `(async () => {
  const came = {};
  const attempt = async (name, act) => { try { came[name] = String(await act()); } catch (error) { came[name] = error.name; } };
  await attempt('opener', () => opener);
  await attempt('frame', () => {
    const frame = document.createElement('iframe');
    frame.src = '/';
    document.body.append(frame);
    return frame.contentDocument;
  });
  await attempt('window', () => open('/'));
  await attempt('window of its own', () => open(URL.createObjectURL(new Blob(['<p>'], { type: 'text/html' }))));
  await attempt('service worker', () => navigator.serviceWorker.register('/openapi/worker.js'));
  await attempt('worker', () => new Worker('/openapi/worker.js'));
  await attempt('database', () => indexedDB.open('any'));
  await attempt('cache', () => caches.keys());
  await attempt('request', () => fetch('/exec', { method: 'POST', body: '{"command":"id"}', credentials: 'include' }));
  await attempt('request unseen', () => fetch('/exec', { method: 'POST', body: '{"command":"id"}', mode: 'no-cors' }));
  await attempt('socket', () => new Promise((done) => {
    const socket = new WebSocket(location.href.replace(/^http(.*)openapi.*/, 'ws$1terminal'));
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
  }));
  await attempt('picture', () => new Promise((done) => {
    const picture = new Image();
    picture.onload = () => done('loaded');
    picture.onerror = () => done('refused');
    picture.src = '/healthz';
  }));
  navigator.sendBeacon('/exec', '{"command":"id"}');
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: '/exec', enctype: 'text/plain' });
  document.body.append(form);
  form.submit();
  return came;
})()`;

/** Runs before the page's own scripts, and tries to read what the console keeps at this address. */
const THIEF = `globalThis.loot = {};
  const attempt = (name, read) => { try { loot[name] = read(); } catch (error) { loot[name] = error.name; } };
  attempt('sessionStorage', () => JSON.stringify({ ...sessionStorage }));
  attempt('localStorage', () => String(localStorage.length));
  attempt('cookie', () => document.cookie);
  attempt('opener', () => JSON.stringify({ ...opener.sessionStorage }));
  // This runs in that frame, too.
  if (top === self) addEventListener('DOMContentLoaded', () => attempt('frame', () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const read = JSON.stringify({ ...frame.contentWindow.sessionStorage });
    frame.remove();
    return read;
  }));
  loot.origin = origin;`;

/** To show the reference is seconds of computing, and more of them with code that is optimised for a longer life. */
const OPTIONS: ChromiumOptions = { flags: ['--js-flags=--no-opt --no-maglev'], limitMs: 40_000 };
setDefaultTimeout(80_000);

const stories = (open: OpenPage): void => {
  const rig = sharedRig(liveServer);
  const address = () => `${rig().url}/openapi`;
  const samplesOf = async (path: string, method: string) => {
    const { body } = await rig().ask('/openapi.json', { key: null });
    const operation = withSamples(body as DescribedApi, rig().url).paths[path]?.[method];
    return (operation as unknown as { readonly 'x-codeSamples': readonly Sample[] })['x-codeSamples'];
  };

  test('shows every operation, finds one by keyboard, has samples in four languages, and leads back out to the console', async () => {
    await using watched = await open(address(), { colorScheme: 'light' });
    const { page } = watched;
    await page.getByRole('heading', { name: 'agent-server', exact: true }).waitFor();
    expect(await brightness(page)).toBeGreaterThan(128);
    expect(await page.evaluate(FAINT)).toEqual([]);

    await page.getByRole('button', { name: /Open Group - Jobs/ }).click();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/search/i).fill('nudge');
    await page.getByRole('option', { name: /newline/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/nudge$/);
    await page.getByText('/nudge"').waitFor();

    await page.getByRole('link', { name: /Runs a command as a job/ }).click();
    await page.waitForURL(/POST\/exec$/);
    await page.getByText(`"${rig().url}/exec"`).waitFor();
    const samples = page.locator('.scalar-card', { has: page.getByRole('button', { name: /code sample language/ }) });
    const sample = samples.filter({ hasText: '/exec' });
    await page.evaluate(`document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))`);
    const pasted = page.locator('#paste');
    for (const { label, source } of await samplesOf('/exec', 'post')) {
      await sample.getByRole('button', { name: /code sample language/ }).click();
      await page.getByRole('option', { name: label, exact: true }).click();
      await sample.hover();
      await sample.getByRole('button', { name: /^Copy/ }).click();
      await waitFor(`the sample for ${label} to be copied`, async () => {
        await pasted.fill('');
        await pasted.press('Control+v');
        return (await pasted.inputValue()).trim() === source;
      });
    }

    await page.getByRole('link', { name: 'console', exact: true }).click();
    await page.getByLabel('API key').waitFor();
    expect(page.url()).toBe(`${rig().url}/`);
  });

  test('shows the operation of its address, is readable in dark, and fits on a phone', async () => {
    await using watched = await open(`${address()}#tag/jobs/POST/exec`, { colorScheme: 'dark' });
    const { page } = watched;
    await page.getByText(`"${rig().url}/exec"`).waitFor();
    expect(await brightness(page)).toBeLessThanOrEqual(128);
    expect(await page.evaluate(FAINT)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByText(`"${rig().url}/exec"`).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
  });

  test('cannot read the key that the console keeps in the same tab', async () => {
    await using watched = await open(rig().url, {}, THIEF);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('link', { name: 'Jobs' }).waitFor();
    // The same attempts succeed on the console itself: they would see the key here, too.
    await page.reload();
    await page.getByRole('link', { name: 'Jobs' }).waitFor();
    expect(await page.evaluate<string>('loot.sessionStorage')).toContain(rig().key);

    await page.goto(address());
    await page.getByRole('heading', { name: 'agent-server', exact: true }).waitFor();
    expect(await page.evaluate('loot')).toEqual({
      origin: 'null',
      sessionStorage: 'SecurityError',
      localStorage: 'SecurityError',
      cookie: 'SecurityError',
      opener: 'TypeError',
      frame: 'SecurityError',
    });
    // And what it has in place of a storage is its own.
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(rig().key);
  });

  /** How many requests without a key the server has refused. */
  const refused = async () =>
    /^agent_server_http_unauthenticated_total (\d+)$/m.exec(await (await rig().request('/metrics')).text())?.[1] ?? '';

  test('opened by the console, reaches neither it nor the server, and opens, frames and sends nothing', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('link', { name: 'Jobs' }).waitFor();
    const [api] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void window.open('/openapi')`)]);
    await api.getByRole('heading', { name: 'agent-server', exact: true }).waitFor();
    const before = await refused();
    expect(await api.evaluate(ATTEMPTS)).toEqual({
      opener: 'null',
      frame: 'null',
      window: 'null',
      'window of its own': 'null',
      'service worker': 'SecurityError',
      worker: 'TypeError',
      database: 'SecurityError',
      cache: 'SecurityError',
      request: 'TypeError',
      'request unseen': 'TypeError',
      socket: 'refused',
      picture: 'refused',
    });
    // A form that was sent would have led away by now.
    await api.getByRole('link', { name: 'console', exact: true }).waitFor();
    expect(new URL(api.url()).pathname).toBe('/openapi');
    expect(await refused()).toBe(before);
  });
};

inChromium('the API page', stories, OPTIONS);
