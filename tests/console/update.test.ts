import { expect, setDefaultTimeout, test } from 'bun:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Health } from '../../src/protocol/health.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium, type OpenPage, type WatchedPage } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';
import { NEW, OLD, UpdatingServer } from './updating-server.ts';

const rig = sharedRig(liveServer);
// Each story has the time that all of them take: they share the processors.
setDefaultTimeout(80_000);

const MEGABYTE = 1e6;
const TOTAL = 96 * MEGABYTE;
const WHY = 'it did not answer within 60 seconds';

interface World extends AsyncDisposable {
  readonly watched: WatchedPage;
  readonly page: Page;
  readonly server: UpdatingServer;
}

/** The view of the server, of which `prepare` tells the state before anybody looks. */
async function openServer(
  open: OpenPage,
  prepare: (server: UpdatingServer) => void,
  options: BrowserContextOptions = {},
): Promise<World> {
  const server = new UpdatingServer(await rig().get<Health>('/health'));
  prepare(server);
  const watched = await open(`${rig().url}/#/server`, options);
  const { page } = watched;
  await server.standBefore(page);
  await watched.unlock(rig().key);
  await page.getByText('Connected').waitFor();
  return { watched, page, server, [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose]() };
}

const updates = (page: Page) => page.getByRole('region', { name: 'Updates' });
const status = (page: Page) => updates(page).getByRole('status');
const says = (page: Page, text: string | RegExp) => status(page).getByText(text).waitFor();
const facts = (page: Page) => page.getByRole('region', { name: 'About this server' }).innerText();
const buttons = (page: Page): Promise<string[]> => updates(page).getByRole('button').allInnerTexts();
const focused = (page: Page) => page.evaluate<string>('document.activeElement.innerText');

// All at once, each on a page and with updates of its own: most of their time the page waits for its next look.
inChromium('the console page: updates', (open) => {
  test.concurrent('a newer version is found, fetched, tested and put in place, and the page is there all along', async () => {
    await using world = await openServer(open, () => {});
    const { page, server } = world;
    await says(page, 'Not checked yet');
    expect(await facts(page)).toMatch(/Version\s+1\.2\.0\s+Channel\s+stable/);
    expect(await buttons(page)).toEqual(['Check for updates']);
    server.asked = (_method, body) => {
      expect(body).toEqual({ check: true });
      server.now({ available: NEW, lastCheckedAt: Date.now() / 1000 });
      return [200, { status: 'checked', version: OLD, message: `Version ${NEW} is available` }];
    };
    await page.getByRole('button', { name: 'Check for updates' }).press('Enter');
    await says(page, `Version ${NEW} is released`);
    await updates(page).getByText('Last checked just now').waitFor();
    await page.getByRole('link', { name: 'Server' }).getByText('new').waitFor();
    expect(await buttons(page)).toEqual([`Update to ${NEW}`, 'Check for updates']);

    server.asked = (_method, body) => {
      expect(body).toEqual({ when: 'now' });
      server.now({ state: 'downloading', download: { receivedBytes: 12 * MEGABYTE, totalBytes: TOTAL } });
      return [200, { status: 'updating', version: OLD, message: 'Server will restart for update' }];
    };
    await page.getByRole('button', { name: `Update to ${NEW}` }).press('Enter');
    await says(page, `Version ${NEW} is downloaded while the server keeps working`);
    await updates(page).getByText('12.0 MB of 96.0 MB').waitFor();
    // The button that was pressed is gone, and the focus is where one can go on.
    expect(await buttons(page)).toEqual(['Cancel the update']);
    expect(await focused(page)).toBe('Cancel the update');
    const bar = page.getByRole('progressbar', { name: 'Download' });
    server.now({ download: { receivedBytes: 72 * MEGABYTE, totalBytes: TOTAL } });
    await updates(page).getByText('72.0 MB of 96.0 MB').waitFor();
    expect(await bar.evaluate((one) => (one as unknown as { position: number }).position)).toBe(0.75);
    server.now({ state: 'trying' });
    await says(page, `Version ${NEW} tests itself`);
    expect(await bar.isVisible()).toBe(false);
    server.now({ state: 'swapping' });
    await says(page, 'The server then restarts');
    expect(await buttons(page)).toEqual([]);
    expect(await focused(page)).toContain('The server then restarts');

    server.goDown();
    await page.getByRole('alert').getByText('The server is restarting for an update').waitFor();
    await says(page, 'The server is restarting.');
    const trial = { version: NEW, previous: OLD, startedAt: Date.now() / 1000 };
    server.comeUp({ version: NEW, state: 'trial', trial });
    await says(
      page,
      `The server now runs version ${NEW}, on trial. If it fails, version ${OLD} is restored automatically.`,
    );
    expect(await page.getByText('The server is restarting for an update').count()).toBe(0);
    const banner = page.locator('.banner.changed');
    await banner.getByText(`The server now runs version ${NEW}, on trial`).waitFor();
    await banner.getByText(`This page is still from version ${OLD}`).waitFor();
    server.comeUp({});
    await banner.getByText(`The server now runs version ${NEW}.`).waitFor();
    await says(page, 'Not checked yet');

    await page.getByRole('button', { name: 'Reload' }).press('Enter');
    await banner.waitFor({ state: 'detached' });
    await page.getByText('Connected').waitFor();
    await says(page, 'Not checked yet');
    expect(await banner.count()).toBe(0);
    expect(await facts(page)).toContain(NEW);
  });

  test.concurrent('while something is active the update is refused; it waits for the end of that, and is called off', async () => {
    await using world = await openServer(open, (server) => {
      server.now({ available: NEW });
      server.activity = [{ kind: 'jobs', ending: 0, surviving: 1 }];
      server.asked = (method, body) => {
        if (method === 'DELETE') {
          server.now({ state: 'idle' });
          return [200, { status: 'idle' }];
        }
        if ((body as { when: string }).when === 'now')
          return [409, { error: 'cannot update while jobs are running', running_jobs: 1 }];
        server.now({ state: 'scheduled', waitingFor: '1 job and 2 terminals' });
        return [202, { status: 'scheduled' }];
      };
    });
    const { page, server } = world;
    await page.getByRole('button', { name: `Update to ${NEW}` }).press('Enter');
    await updates(page).getByRole('alert').getByText('Cannot update while jobs are running.').waitFor();
    expect(await buttons(page)).toEqual([`Update to ${NEW}`, 'Update when idle', 'Check for updates']);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Update when idle');
    await page.keyboard.press('Enter');
    await says(page, 'Active now: 1 job and 2 terminals.');
    expect(await updates(page).getByRole('alert').isVisible()).toBe(false);
    expect(await buttons(page)).toEqual(['Cancel the update']);
    server.now({ waitingFor: '1 job' });
    await says(page, 'Active now: 1 job.');
    await page.keyboard.press('Enter');
    await says(page, `Version ${NEW} is released`);
    expect(await buttons(page)).toEqual([`Update to ${NEW}`, 'Check for updates']);
  });

  test.concurrent('the choice to wait is gone once nothing is active any more', async () => {
    await using world = await openServer(open, (server) => {
      server.now({ available: NEW });
      server.activity = [{ kind: 'terminals', ending: 1, surviving: 0 }];
      server.asked = () => [409, { error: 'cannot update while terminal sessions are active', terminal_sessions: 1 }];
    });
    const { page, server } = world;
    await page.getByRole('button', { name: `Update to ${NEW}` }).click();
    await page.getByRole('button', { name: 'Update when idle' }).waitFor();
    server.activity = [];
    await page.getByRole('button', { name: 'Update when idle' }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: `Update to ${NEW}` }).waitFor();
  });

  test.concurrent('a version that fails on trial is rolled back: the page says which one and why', async () => {
    await using world = await openServer(open, (server) => server.now({ state: 'swapping', available: NEW }));
    const { page, server } = world;
    server.goDown();
    await page.getByText('The server is restarting for an update').waitFor();
    server.comeUp({ version: NEW, state: 'trial', trial: { version: NEW, previous: OLD, startedAt: 1 } });
    await says(page, `The server now runs version ${NEW}, on trial`);
    await page.getByRole('button', { name: 'Reload' }).waitFor();
    server.goDown();
    await page.getByText('If it failed, the previous version is restored automatically').waitFor();
    server.comeUp({ version: OLD, bad: [{ version: NEW, why: WHY }] });
    await page.getByRole('alert').getByText(`the update to version ${NEW} was rolled back: ${WHY}`).waitFor();
    const list = updates(page).locator('.rolled-back');
    await list.waitFor();
    expect(await list.innerText()).toContain(`${NEW} It did not answer within 60 seconds.`);
    // The page is of the version that is back.
    expect(await page.getByRole('button', { name: 'Reload' }).count()).toBe(0);
    expect(await buttons(page)).toEqual(['Check for updates']);
  });

  test.concurrent('a server that cannot be updated says why, and offers nothing', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    await page.keyboard.press('6');
    await says(page, 'A server that runs from source is not updated.');
    expect(await buttons(page)).toEqual([]);
    expect(await page.locator('.rolled-back').isVisible()).toBe(false);
  });

  test.concurrent('an update that fails says why, and can be tried again; one that is the newest says so', async () => {
    const lastError = 'the download has the wrong hash: nothing was changed';
    await using world = await openServer(open, (server) => server.now({ available: NEW, lastError }));
    const { page, server } = world;
    await says(page, 'The download has the wrong hash: nothing was changed.');
    expect(await buttons(page)).toEqual([`Update to ${NEW}`, 'Check for updates']);
    server.comeUp({ upToDate: true, lastError: 'nothing newer', lastCheckedAt: Date.now() / 1000 });
    await says(page, `Version ${OLD} is the newest release.`);
    expect(await status(page).innerText()).not.toContain('nothing newer');
  });

  test.concurrent('nothing is asked of updates while nothing is under way, and nothing at all in another view', async () => {
    await using world = await openServer(open, () => {});
    const { page, server } = world;
    await says(page, 'Not checked yet');
    const { looks } = server;
    // Two rounds of the health requests that the page makes anyway.
    for (let round = 0; round < 2; round += 1) await page.waitForResponse('**/health');
    expect(server.looks).toBe(looks);
    await page.keyboard.press('1');
    server.now({ state: 'downloading', available: NEW });
    await page.getByRole('link', { name: 'Server' }).getByText('new').waitFor();
    await page.waitForResponse('**/health');
    expect(server.looks).toBe(looks);
    await page.keyboard.press('6');
    await waitFor('the view to ask again and again', () => server.looks > looks + 2);
  });

  test.concurrent.each(['light', 'dark'] as const)(
    'all of it is to be read in the %s scheme, on a phone too',
    async (colorScheme) => {
      const viewport = { width: 390, height: 760 };
      const bad = [{ version: NEW, why: `it ended with exit code 1: ${'a-very-long-word-'.repeat(10)}` }];
      const options = { colorScheme, viewport, hasTouch: true, isMobile: true };
      await using world = await openServer(open, (server) => server.now({ available: NEW, bad }), options);
      const { page, server } = world;
      server.activity = [{ kind: 'jobs', ending: 1, surviving: 0 }];
      server.asked = () => [409, { error: 'cannot update while jobs are running', running_jobs: 1 }];
      const looksRight = async (): Promise<void> => {
        expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
        expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(viewport.width);
      };
      await page.getByRole('button', { name: `Update to ${NEW}` }).click();
      await page.getByRole('button', { name: 'Update when idle' }).waitFor();
      await looksRight();
      server.now({ state: 'downloading', download: { receivedBytes: 5, totalBytes: 9 } });
      await updates(page).getByText('5 bytes of 9 bytes').waitFor();
      await looksRight();
      server.goDown();
      await page.getByText('The server is restarting for an update').waitFor();
      await looksRight();
      server.comeUp({ version: '2.0.0', lastError: 'the disk is full' });
      await page.locator('.banner.changed').waitFor();
      await looksRight();
    },
  );
});
