/** A port in a real browser, on an origin of its own: a development server works there, and a page can do no more than it should. */
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { ViteServer } from './vite-server.ts';

const rig = sharedRig(liveServer);

/** The address that lets a browser in. */
const entryTo = async (port: number): Promise<string> => (await rig().post<{ url: string }>('/tickets', { port })).url;

inChromium('a port in the browser', (open) => {
  test('a project of Vite changes in the page without a reload', async () => {
    await using vite = await ViteServer.start();
    await using watched = await open(await entryTo(vite.port));
    const { page } = watched;
    expect(page.url()).toBe(`http://p${vite.port}.localhost:${rig().port}/`);
    // What is changed before its socket is open, Vite tells nobody.
    await Promise.all([
      page.waitForEvent('console', (message) => message.text().includes('[vite] connected')),
      page.reload(),
    ]);
    await page.getByText('as it was').waitFor();
    await page.evaluate('window.mark = "still here"');
    vite.write('text.js', "export const text = 'as it is now';\n");
    await page.getByText('as it is now').waitFor();
    const color = () => page.evaluate<string>("getComputedStyle(document.querySelector('#text')).color");
    expect(await color()).toBe('rgb(1, 2, 3)');
    vite.write('style.css', '#text { color: rgb(4, 5, 6); }\n');
    await waitFor('the new colour', async () => ((await color()) === 'rgb(4, 5, 6)' ? true : undefined));
    expect(await page.evaluate('window.mark')).toBe('still here');
  });

  test('nobody is let in by the address of the port alone, or by an address that was used', async () => {
    using app = appOf('the app');
    const address = await entryTo(app.port);
    await using first = await open(address);
    await first.page.getByText('the app').waitFor();
    for (const url of [address, new URL('/', address).href]) {
      await using other = await open(url);
      await other.page.getByText(`agent-server open ${app.port}`).waitFor();
    }
    await first.page.reload();
    await first.page.getByText('the app').waitFor();
  });

  test('a page of a port reaches neither the console nor another port', async () => {
    using app = appOf('the app');
    using other = appOf('another app');
    const consoleUrl = `http://localhost:${rig().port}`;
    const own = `http://p${app.port}.localhost:${rig().port}`;
    const otherUrl = `http://p${other.port}.localhost:${rig().port}`;
    await using watched = await open(`${consoleUrl}/`);
    await watched.unlock(rig().key);
    await watched.page.getByText('Connected').waitFor();
    const context = watched.page.context();
    const otherPage = await context.newPage();
    await otherPage.goto(await entryTo(other.port));
    const seenBefore = other.seen.length;
    // As a page would open it that forgot to say noopener.
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      watched.page.evaluate((url) => void globalThis.open(url), await entryTo(app.port)),
    ]);
    await page.getByText('the app').waitFor();
    expect(page.url()).toBe(`${own}/`);

    expect(await inPage(page, 'window.opener === null')).toBe(true);
    // What is there of the key, and of what the console keeps.
    expect(await inPage(page, 'JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])')).toBe(
      '[{},{},""]',
    );
    expect(await inPage(page, 'indexedDB.databases().then((all) => all.length)')).toBe(0);

    // Routes of the server: on its own origin the app answers, on the console's the page learns nothing.
    for (const path of ['/jobs', '/health', '/healthz', '/keys', `/ports/${other.port}/`]) {
      expect(await inPage(page, `fetch(${q(path)}).then((answer) => answer.text())`)).toBe('the app');
      for (const init of [
        {},
        { headers: { 'x-api-key': 'guess' } },
        { credentials: 'include' },
        { method: 'POST', body: '{}' },
      ])
        expect(
          await outcome(
            page,
            `fetch(${q(consoleUrl + path)}, ${JSON.stringify(init)}).then((answer) => answer.text())`,
          ),
        ).toBe('TypeError');
      expect(
        await outcome(page, `fetch(${q(consoleUrl + path)}, { mode: 'no-cors' }).then((answer) => answer.text())`),
      ).toBeOneOf(['', 'TypeError']);
    }
    expect(await outcome(page, `import(${q(`${consoleUrl}/openapi.json`)})`)).toBe('TypeError');
    expect(await outcome(page, `(${events})(${q(`${consoleUrl}/jobs/x/events`)})`)).toBe('refused');

    // Frames: the console is shown in none, and a window on it cannot be looked into.
    expect(await outcome(page, `(${framed})(${q(`${consoleUrl}/`)})`)).toBe('SecurityError');
    expect(await outcome(page, `(${framed})(${q(`${otherUrl}/`)})`)).toBe('SecurityError');
    expect(await outcome(page, `(${opened})(${q(`${consoleUrl}/`)})`)).toBeOneOf(['SecurityError', 'closed']);

    // Service workers: none from elsewhere, and the one of the app is in charge of its own origin alone.
    expect(await outcome(page, `navigator.serviceWorker.register(${q(`${consoleUrl}/sw.js`)})`)).toBe('SecurityError');
    expect(await outcome(page, `navigator.serviceWorker.register('/sw.js', { scope: ${q(`${consoleUrl}/`)} })`)).toBe(
      'SecurityError',
    );
    await inPage(
      page,
      "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => true)",
    );
    await watched.page.reload();
    await watched.page.getByText('Connected').waitFor();
    expect(await inPage(watched.page, 'navigator.serviceWorker.controller === null')).toBe(true);

    // Sockets.
    for (const path of ['/terminal', `/ports/${other.port}/tcp`, '/acp/ws'])
      expect(await inPage(page, `(${socket})(${q(`ws://localhost:${rig().port}${path}`)})`)).toBe('refused');
    expect(await inPage(page, `(${socket})(${q(`ws://p${other.port}.localhost:${rig().port}/`)})`)).toBe('refused');

    // The other port, of which this browser has the cookie.
    for (const init of [{ credentials: 'include' }, { method: 'POST', credentials: 'include', mode: 'no-cors' }])
      expect(
        await outcome(page, `fetch(${q(`${otherUrl}/`)}, ${JSON.stringify(init)}).then((answer) => answer.text())`),
      ).toBeOneOf(['', 'TypeError']);
    expect(await outcome(page, `import(${q(`${otherUrl}/module.js`)})`)).toBe('TypeError');
    await inPage(page, `(${posted})(${q(`${otherUrl}/`)})`);
    expect(other.seen.slice(seenBefore)).toEqual([]);

    // The cookie: unseen, and not replaced by one that the page makes.
    await inPage(page, `void (document.cookie = 'agent-server-port=forged; path=/')`);
    await inPage(page, `void (document.cookie = '=agent-server-port=forged; path=/')`);
    expect(await inPage(page, 'fetch("/").then((answer) => answer.text())')).toBe('the app');
    expect(app.seen.filter((line) => line.includes('agent-server-port'))).toEqual([]);
    expect(app.seen.filter((line) => line.includes(rig().key))).toEqual([]);

    // A ticket of its own making, with no key to ask with.
    expect(await inPage(page, `fetch('/.agent-server/enter?ticket=x').then((answer) => answer.status)`)).toBe(403);
    await page.close();
    await otherPage.close();
  });
});

const q = (text: string): string => JSON.stringify(text);
const inPage = (page: Page, code: string): Promise<unknown> => page.evaluate(code);
/** What came of it: the text, or the name of the error. */
const outcome = (page: Page, code: string): Promise<unknown> =>
  inPage(page, `(async () => ${code})().then(String, (error) => error.name)`);

const events = `(url) => new Promise((resolve) => {
  const source = new EventSource(url);
  source.onopen = () => resolve('open');
  source.onerror = () => { source.close(); resolve('refused'); };
})`;
const framed = `(url) => new Promise((resolve, reject) => {
  const frame = document.createElement('iframe');
  frame.src = url;
  frame.onload = () => { try { resolve(frame.contentWindow.document.body.textContent); } catch (error) { reject(error); } };
  document.body.append(frame);
})`;
const opened = `(url) => new Promise((resolve, reject) => {
  const popup = window.open(url);
  if (popup === null) return resolve('closed');
  const look = () => {
    if (popup.closed) return resolve('closed');
    try {
      if (popup.location.href === 'about:blank') return setTimeout(look, 20);
      resolve(popup.sessionStorage.length);
    } catch (error) { reject(error); }
  };
  look();
})`;
const socket = `(url) => new Promise((resolve) => {
  const made = new WebSocket(url);
  made.onopen = () => resolve('open');
  made.onclose = () => resolve('refused');
})`;
/** A form that is sent into a frame. */
const posted = `(url) => new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.name = 'sink';
  document.body.append(frame);
  frame.onload = () => resolve(true);
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: url, target: 'sink' });
  document.body.append(form);
  form.submit();
})`;

/** Says its name whatever it is asked, but for a service worker, and notes what it is asked. */
function appOf(name: string) {
  const seen: string[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch({ method, url, headers }) {
      const { pathname } = new URL(url);
      // Asked for by the browser itself, whenever it likes.
      if (pathname === '/favicon.ico') return new Response(null, { status: 204 });
      seen.push(`${method} ${pathname} ${JSON.stringify(Object.fromEntries(headers))}`);
      if (pathname === '/sw.js')
        return new Response("addEventListener('fetch', () => {});", { headers: { 'content-type': 'text/javascript' } });
      return new Response(name, { headers: { 'content-type': 'text/html' } });
    },
  });
  return { port: server.port ?? 0, seen, [Symbol.dispose]: () => void server.stop(true) };
}
