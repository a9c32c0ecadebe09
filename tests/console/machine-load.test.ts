/** How busy the machine is: a line below the list of jobs, on any screen and out of the way, and graphs where there is room. */
import { expect, test } from 'bun:test';
import { loadText } from '../../src/console/page/load/load-text.ts';
import type { SystemDisk } from '../../src/protocol/system.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { CONTRAST, FAINT, STICKING_OUT } from './looks.ts';

const rig = sharedRig(liveServer);

const TEXT = 4.5;
const LINE = /^CPU \d+% · memory [\d.]+ GB of [\d.]+ GB · [\d.]+ \w+ free on \/$/;
const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };

const OF_LINE = `(() => {
  ${CONTRAST}
  const line = document.querySelector('.machine-load');
  return contrast(over(getComputedStyle(line).color, groundOf(line)), groundOf(line));
})()`;

inChromium('the console page: the load of the machine', (open) => {
  test.each(['light', 'dark'] as const)('is there and stands out from its ground, %s', async (colorScheme) => {
    await using watched = await open(rig().url, { colorScheme });
    const { page } = watched;
    await watched.unlock(rig().key);
    const line = page.locator('.machine-load');
    await line.waitFor();
    expect(await line.textContent()).toMatch(LINE);
    expect(await page.evaluate<number>(OF_LINE)).toBeGreaterThanOrEqual(TEXT);
    expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
  });

  test('on a phone it is below the list, in sight however many jobs there are', async () => {
    for (let n = 0; n < 20; n += 1) await rig().exec(`echo ${n}`);
    await using watched = await open(rig().url, PHONE);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.rows li').nth(19).waitFor();
    const line = page.locator('.machine-load');
    await line.waitFor();
    const box = await line.boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
    expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
  });

  test('graphs say what they show, grow, and go on after another view', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    const panel = page.getByRole('region', { name: 'Load of the machine' });
    const cpu = panel.getByRole('img', { name: /^CPU over the last minute: now \d+%, between \d+% and \d+%$/ });
    await cpu.waitFor();
    await panel.getByRole('img', { name: /^Memory over/ }).waitFor();
    await panel
      .getByRole('progressbar', { name: /: \d+% used$/ })
      .first()
      .waitFor();
    const points = async () =>
      ((await cpu.locator('.sparkline-line').getAttribute('d')) ?? '').match(/[ML]/g)?.length ?? 0;
    await waitFor('a second point', async () => (await points()) >= 2);
    await page.keyboard.press('2');
    await panel.waitFor({ state: 'detached' });
    await page.keyboard.press('7');
    await waitFor('the points of before', async () => (await points()) >= 3);
    expect(await page.locator('[style]').count()).toBe(0);
  });

  test('a page that nobody looks at asks for nothing, and asks again when it is looked at', async () => {
    await using watched = await open(`${rig().url}/#/machine`, {}, HIDEABLE);
    const { page } = watched;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const ended: string[] = [];
    page.on('requestfailed', (request) => ended.push(new URL(request.url()).pathname));
    await watched.unlock(rig().key);
    await page.getByRole('region', { name: 'Load of the machine' }).waitFor();
    await waitFor('the processes', () => asked.includes('/processes'));
    await page.evaluate('setHidden(true)');
    await waitFor('the end of the events', () => ended.includes('/system/events'));
    // The page still asks whether the server answers: by its third question nothing else was asked.
    asked.length = 0;
    await waitFor('three beats', () => asked.filter((path) => path === '/health').length >= 3);
    expect(asked.filter((path) => path !== '/health')).toEqual([]);
    await page.evaluate('setHidden(false)');
    await waitFor('both again', () => asked.includes('/processes') && asked.includes('/system/events'));
  });

  test('a key that may not know is shown nothing, and asks once', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    let asked = 0;
    await page.route('**/system/events*', (route) => {
      asked += 1;
      return route.fulfill({ status: 403, json: { error: 'this API key lacks the scope observe', scope: 'observe' } });
    });
    const beats: string[] = [];
    page.on('request', (request) => beats.push(new URL(request.url()).pathname));
    await watched.unlock(rig().key);
    await waitFor('two beats', () => beats.filter((path) => path === '/health').length >= 2);
    expect(asked).toBe(1);
    expect(await page.locator('.machine-load, .load-panel, .notice').filter({ visible: true }).count()).toBe(0);
  });
});

/** A page in the foreground cannot be hidden from outside. */
const HIDEABLE = `
  let hiddenNow = false;
  Object.defineProperty(document, 'hidden', { get: () => hiddenNow });
  globalThis.setHidden = (hidden) => {
    hiddenNow = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  };`;

const disk = (mount: string, more: Partial<SystemDisk> = {}): SystemDisk => ({
  mount,
  fileSystem: null,
  total: 1e12,
  free: 5e11,
  readonly: false,
  removable: false,
  ...more,
});
const cpu = { usage: 12.4, perCore: [12.4], model: '', cores: 1, load: null };
const memory = { total: 8e9, available: 5e9, used: 3e9, swapTotal: null, swapUsed: null };

test('speaks of the first disk that stays and answers; of none where there is none', () => {
  const shown = loadText({
    cpu,
    memory,
    disks: [disk('A:\\', { removable: true }), disk('B:\\', { free: null }), disk('C:\\')],
  });
  expect(shown).toBe('CPU 12% · memory 3.0 GB of 8.0 GB · 500 GB free on C:\\');
  expect(loadText({ cpu, memory, disks: [] })).toBe('CPU 12% · memory 3.0 GB of 8.0 GB');
});
