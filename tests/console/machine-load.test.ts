/** The line below the list of jobs that says how busy the machine is: on any screen, readable, and out of the way. */
import { expect, test } from 'bun:test';
import { loadText } from '../../src/console/page/load/load-text.ts';
import type { SystemDisk } from '../../src/protocol/system.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
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
});

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
