import { expect, test } from 'bun:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Health } from '../../src/protocol/health.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { inChromium, type OpenPage, type WatchedPage } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';

const rig = sharedRig(liveServer);

const TUNNEL_URL = 'https://devpilot-box-8585-8585.euw.devtunnels.ms';
const DASHBOARD = 'https://dashboard.example';
const OPEN: Health['tunnel'] = { state: 'open', url: TUNNEL_URL, terminalUrl: `${TUNNEL_URL}/terminal` };
const UNCONFIRMED: Health['registration'] = {
  state: 'unconfirmed',
  dashboard: DASHBOARD,
  code: 'KQX-4821',
  enterAt: `${DASHBOARD}/devboxes`,
};
const EXPIRED: Health['registration'] = { state: 'expired', dashboard: DASHBOARD, lastError: 'nobody has' };

type Told = Pick<Health, 'tunnel' | 'registration'>;

interface World extends AsyncDisposable {
  readonly page: Page;
  /** What the server tells from now on. */
  now(told: Partial<Told>): void;
  /** How often a new code was asked for. */
  readonly codes: () => number;
}

/** The view of a server that tells this of its tunnel and its registration. */
async function openServer(open: OpenPage, told: Partial<Told>, options: BrowserContextOptions = {}): Promise<World> {
  let health: Health = { ...(await rig().get<Health>('/health')), ...told };
  let codes = 0;
  const watched: WatchedPage = await open(`${rig().url}/#/server`, options);
  const { page } = watched;
  await page.route('**/health', (route) => route.fulfill({ json: health }));
  await page.route('**/registration', (route) => {
    codes += 1;
    health = { ...health, registration: UNCONFIRMED };
    return route.fulfill({ status: 202, json: { state: 'asking', dashboard: DASHBOARD } });
  });
  await watched.unlock(rig().key);
  await page.getByText('Connected').waitFor();
  return {
    page,
    now: (change) => (health = { ...health, ...change }),
    codes: () => codes,
    [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose](),
  };
}

const panel = (page: Page) => page.getByRole('region', { name: 'Tunnel and dashboard' });
const pasted = async (page: Page): Promise<string> => {
  await page.evaluate(`document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))`);
  await page.locator('#paste').focus();
  await page.keyboard.press('Control+V');
  const text = await page.locator('#paste').inputValue();
  await page.evaluate(`document.getElementById('paste').remove()`);
  return text;
};

inChromium('the console page: tunnel and dashboard', (open) => {
  test('nothing is said of what nobody has asked for', async () => {
    await using world = await openServer(open, {});
    await world.page.getByRole('region', { name: 'Updates' }).waitFor();
    expect(await panel(world.page).count()).toBe(0);
  });

  test('the address and the code are there to be copied, and the code is gone once it is entered', async () => {
    await using world = await openServer(open, { tunnel: OPEN, registration: UNCONFIRMED });
    const { page } = world;
    await panel(page).getByText('Waiting for the code').waitFor();
    expect(
      await panel(page)
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual([`${TUNNEL_URL}/`, `${DASHBOARD}/`, `${DASHBOARD}/devboxes`]);
    await panel(page).getByRole('button', { name: 'Copy the address' }).press('Enter');
    expect(await pasted(page)).toBe(TUNNEL_URL);
    await panel(page).getByRole('button', { name: 'Copy the code' }).press('Enter');
    expect(await pasted(page)).toBe('KQX-4821');
    world.now({ registration: { state: 'registered', dashboard: DASHBOARD } });
    await panel(page).getByText('Registered').waitFor();
    expect(await panel(page).innerText()).not.toContain('KQX-4821');
  });

  test('a tunnel that is not open says why, and a code that nobody has entered can be asked for anew', async () => {
    const tunnel: Health['tunnel'] = {
      state: 'waiting',
      lastError: 'devtunnel is not logged in; run: devtunnel user login',
    };
    await using world = await openServer(open, { tunnel, registration: EXPIRED });
    const { page } = world;
    await panel(page).getByText('Devtunnel is not logged in; run: devtunnel user login.').waitFor();
    expect(await panel(page).getByText('Address').count()).toBe(0);
    await panel(page).getByRole('button', { name: 'New code' }).press('Enter');
    await panel(page).getByText('KQX-4821').waitFor();
    expect(world.codes()).toBe(1);
  });

  test.each(['light', 'dark'] as const)('looks well in %s, on a phone too', async (colorScheme) => {
    for (const width of [1200, 360]) {
      const options = { colorScheme, viewport: { width, height: 760 } };
      await using world = await openServer(open, { tunnel: OPEN, registration: UNCONFIRMED }, options);
      const { page } = world;
      await panel(page).getByText('KQX-4821').waitFor();
      expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    }
  });
});
