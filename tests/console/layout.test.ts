import { expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { inChromium } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';

const rig = sharedRig(liveServer);

const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };
const LONG = 'a-very-long-word-'.repeat(30);

inChromium('the console page: how it looks', (open) => {
  test('on a phone nothing is wider than the screen, and list and detail are one behind the other', async () => {
    const job = await rig().run(`echo ${LONG}`);
    const shell = 'sh';
    const { id } = await rig().post<TerminalResource>('/terminals', { shell, name: 'n'.repeat(60) });
    await rig().run('true', { mode: 'persistent_shell', sessionKey: LONG, shell });
    await using watched = await open(rig().url, PHONE);
    const { page } = watched;
    expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
    await watched.unlock(rig().key);
    const places = {
      '#/jobs': '.rows a',
      [`#/jobs/${job.jobId}`]: '.line',
      '#/sessions': '.row-actions',
      '#/terminals': '.rows a',
      // The name, which may be longer than the bar is wide, comes after the screen.
      [`#/terminals/${id}`]: '.terminal-title :text("nnn")',
    };
    for (const [place, sign] of Object.entries(places)) {
      await page.evaluate(`location.hash = '${place}'`);
      await page.locator(sign).first().waitFor();
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ place, width, out: await page.evaluate<string[]>(STICKING_OUT) }).toEqual({
        place,
        width: 360,
        out: [],
      });
    }
    expect(await page.locator('.side').isVisible()).toBe(false);
    await page.getByRole('toolbar', { name: 'Keys' }).getByRole('button', { name: 'Control C' }).waitFor();
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.locator('.side').waitFor();
    expect(await page.locator('.detail').isVisible()).toBe(false);
  });

  test.each(['light', 'dark'] as const)(
    'in the %s scheme every text stands out from its ground',
    async (colorScheme) => {
      const { jobId } = await rig().run('echo fine; echo trouble >&2; exit 1');
      await rig().run('true', { mode: 'persistent_shell', sessionKey: 'kept', shell: 'sh' });
      await using watched = await open(`${rig().url}/#/jobs/${jobId}`, { colorScheme });
      const { page } = watched;
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
      await watched.unlock(rig().key);
      await page.getByText('trouble', { exact: true }).waitFor();
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
      const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      const [red = 0] = ground.match(/\d+/g)?.map(Number) ?? [];
      expect(colorScheme === 'light' ? red > 200 : red < 50).toBe(true);
      await page.keyboard.press('2');
      await page.getByRole('button', { name: 'Run a command' }).first().waitFor();
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    },
  );

  test.each([800, 720])(
    'on a page of %d pixels every view is named in sight, and parts stay where they are',
    async (width) => {
      const job = await rig().exec(`sleep ${rig().marker()} # counted beside the name`);
      await using watched = await open(`${rig().url}/#/machine`, { viewport: { width, height: 800 } });
      const { page } = watched;
      await watched.unlock(rig().key);
      await page.locator('.top nav .count', { hasText: /\d/ }).first().waitFor();
      expect(
        await page.evaluate<number>(
          `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.top nav'))`,
        ),
      ).toBe(0);
      const parts = page.locator('.parts');
      const placeOf = async (name: string): Promise<unknown> => parts.getByRole('link', { name }).boundingBox();
      const before = await placeOf('Ports');
      await parts.getByRole('link', { name: 'Ports' }).click();
      await page.getByRole('heading', { name: 'Ports' }).waitFor();
      expect(await placeOf('Ports')).toEqual(before);
      await rig().post(`/jobs/${job}/cancel`, {});
    },
  );

  test('the list is folded away, by key or button, stays so, and comes back when it is needed', async () => {
    const { jobId } = await rig().run('echo wide');
    await using watched = await open(`${rig().url}/#/jobs/${jobId}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const side = page.locator('.side');
    await side.waitFor();
    await page.getByRole('button', { name: 'Hide the list' }).click();
    await side.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByText('wide', { exact: true }).waitFor();
    expect(await side.isVisible()).toBe(false);
    await page.keyboard.press('n');
    await side.waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('command');
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await side.waitFor({ state: 'hidden' });
    expect(await page.getByRole('button', { name: 'Hide the list' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('a terminal has a page of its own, with nothing else on it, and a way back', async () => {
    const { id } = await rig().post<TerminalResource>('/terminals', { shell: 'sh' });
    await using watched = await open(`${rig().url}/#/terminals/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    const around = page.locator('.top, .side');
    await page.getByRole('link', { name: 'Show this terminal alone' }).click();
    await page.getByRole('link', { name: 'Show the console around this terminal' }).waitFor();
    expect(await around.filter({ visible: true }).count()).toBe(0);
    expect((await page.locator('.terminal-frame').boundingBox())?.width).toBe(1200);
    await page.reload();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    expect(await around.filter({ visible: true }).count()).toBe(0);
    // Without a terminal there is nothing to be alone.
    await page.evaluate(`location.hash = '#/terminals?alone=1'`);
    await page.getByText('No terminal chosen').waitFor();
    expect(await around.filter({ visible: true }).count()).toBe(2);
    await page.goBack();
    await page.getByRole('link', { name: 'Show the console around this terminal' }).click();
    await page.locator('.side').waitFor();
  });

  test('whoever wants no motion gets none', async () => {
    const id = await rig().exec(`sleep ${rig().marker()}`);
    await using watched = await open(`${rig().url}/#/jobs/${id}`, { reducedMotion: 'reduce' });
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.mark .dot').first().waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });
});
