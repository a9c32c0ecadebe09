/** The ports of the machine in the console: live, and the way into their pages. */
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { sharedRig } from '../contract/shared-rig.ts';
import { addKey } from '../contract/suite-keys.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';

const NAME = 'box.example.test';
const rig = sharedRig(liveServer, { flags: { 'allow-host': NAME } });

const app = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('<title>app</title>the app', { headers: { 'content-type': 'text/html' } }),
  });

const rowOf = (page: Page, port: number | undefined) =>
  page.locator('.ports tbody tr').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${port}\\b`) }) });
const openButton = (page: Page, port: number | undefined) =>
  page.getByRole('button', { name: `Open port ${port} in a new tab` });

inChromium('the console page: ports', (open) => {
  test('what begins to listen comes, and what ends goes, by itself', async () => {
    await using watched = await open(`${rig().url}/#/machine/ports`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await rowOf(page, rig().port).getByText('this server').waitFor();
    expect(await openButton(page, rig().port).count()).toBe(0);
    const script = `Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') }).port`;
    const jobId = await rig().exec(`exec '${process.execPath}' -e "console.log(${script})"`);
    const port = await waitFor('the job to listen', async () => {
      const digits = (await rig().job(jobId)).stdout.trim();
      return digits === '' ? undefined : Number(digits);
    });
    const row = rowOf(page, port);
    await row.waitFor();
    expect(await row.getByRole('link', { name: 'of a job' }).getAttribute('href')).toBe(`#/jobs/${jobId}`);
    await row.locator('.port-process a').first().click();
    await page
      .locator('.process-facts')
      .getByRole('link', { name: `port ${port}` })
      .click();
    await row.waitFor();
    await rig().post(`/jobs/${jobId}/cancel`);
    await row.waitFor({ state: 'detached' });
  });

  test('the page of a port opens in a new tab, on an origin of its own, cut off from this one', async () => {
    using served = app();
    const consoleUrl = `http://localhost:${rig().port}`;
    await using watched = await open(`${consoleUrl}/#/machine/ports`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const [tab] = await Promise.all([page.context().waitForEvent('page'), openButton(page, served.port).click()]);
    await tab.getByText('the app').waitFor();
    expect(tab.url()).toBe(`http://p${served.port}.localhost:${rig().port}/`);
    expect(await tab.evaluate('window.opener === null')).toBe(true);
    expect(await tab.evaluate('document.referrer')).toBe('');
    await tab.close();
  });

  test('where the browser opens no tab there is a link', async () => {
    using served = app();
    await using watched = await open(`${rig().url}/#/machine/ports`, {}, 'window.open = () => null;');
    const { page } = watched;
    await watched.unlock(rig().key);
    await openButton(page, served.port).click();
    const link = page.getByRole('dialog').getByRole('link', { name: 'Open it' });
    await link.waitFor();
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await tab.getByText('the app').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tab.close();
  });

  test('under a name without origins for ports it says so, and what to do instead', async () => {
    using served = app();
    // In front of the server as the proxy of a company would be.
    const proxy = { server: `http://127.0.0.1:${rig().port}`, bypass: '<-loopback>' };
    await using watched = await open(`http://${NAME}/#/machine/ports`, {
      proxy,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = watched;
    await watched.unlock(rig().key);
    await openButton(page, served.port).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`Port ${served.port} has no address for browsers`).waitFor();
    expect(await dialog.locator('.copy-line code').innerText()).toBe(
      `agent-server forward ${served.port} --url http://${NAME}`,
    );
    expect(await dialog.innerText()).toContain('--ports-host');
    await waitFor('the empty tab to be gone', () => page.context().pages().length === 1);
  });

  test('the line that forwards a port is copied', async () => {
    using served = app();
    await using watched = await open(`http://localhost:${rig().port}/#/machine/ports`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: `Copy the command that forwards port ${served.port}` }).click();
    await waitFor('the copy', async () => (await page.evaluate('navigator.clipboard.readText()')) !== '');
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(`agent-server forward ${served.port}`);
  });

  test('whether they speak HTTP is asked only by a press, and a key without the scope is offered nothing', async () => {
    using served = app();
    using silent = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { data: (socket) => void socket.end('no HTTP here\n') },
    });
    const asked: string[] = [];
    await using watched = await open(`${rig().url}/#/machine/ports`);
    const { page } = watched;
    page.on('request', (request) => asked.push(new URL(request.url()).search));
    await watched.unlock(rig().key);
    await rowOf(page, silent.port).waitFor();
    expect(asked).not.toContain('?http=1');
    await page.getByRole('button', { name: 'Which speak HTTP?' }).click();
    await rowOf(page, served.port).getByText('HTTP', { exact: true }).waitFor();
    await rowOf(page, silent.port).getByText('no HTTP', { exact: true }).waitFor();
    const { key } = await addKey(rig(), ['observe']);
    await using other = await open(`${rig().url}/#/machine/ports`);
    await other.unlock(key);
    await rowOf(other.page, served.port).waitFor();
    expect(await other.page.locator('.page').getByRole('button').filter({ visible: true }).count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('on a phone nothing sticks out or is faint, %s', async (colorScheme) => {
    const viewport = { width: 360, height: 700 };
    await using watched = await open(`${rig().url}/#/machine/ports`, {
      viewport,
      hasTouch: true,
      isMobile: true,
      colorScheme,
    });
    const { page } = watched;
    await watched.unlock(rig().key);
    await rowOf(page, rig().port).waitFor();
    expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
    expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
