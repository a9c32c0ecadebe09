/**
 * Contrast of the page's own colours as numbers (WCAG 2.2: 1.4.3 for text, 1.4.11 for signs, edges of fields and the
 * focus), measured on the page as it is drawn, by both themes.
 */
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { inChromium } from './chromium.ts';
import { CONTRAST, FAINT } from './looks.ts';

const rig = sharedRig(liveServer);

const TEXT = 4.5;
const SIGN = 3;
const GROUNDS = ['ground', 'surface', 'raised', 'sunken', 'accent-soft', 'bad-soft', 'late-soft'];
const STRONG = ['text', 'muted', 'accent', 'good', 'bad', 'late'];

/** What is drawn where, and the least contrast it may have. */
const PAIRS: readonly (readonly [color: string, ground: string, least: number])[] = [
  ...STRONG.flatMap((color) => GROUNDS.map((ground) => [color, ground, TEXT] as const)),
  ['accent-text', 'accent', TEXT],
  ...GROUNDS.map((ground) => ['edge', ground, SIGN] as const),
];

/** Signs, edges and rings that do not stand out, as sentences. */
const UNCLEAR = `(() => {
  ${CONTRAST}
  const unclear = [];
  const check = (what, one, color, ground) => {
    const found = contrast(over(color, ground), ground);
    if (found < ${SIGN}) unclear.push(found.toFixed(2) + ' ' + what + ' ' + one.className.toString());
  };
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && one.closest('.spoken, .xterm, :disabled') === null);
  for (const one of seen('.icon')) check('icon', one, getComputedStyle(one).stroke, groundOf(one));
  for (const one of seen('.mark .dot')) check('dot', one, getComputedStyle(one).backgroundColor, groundOf(one.parentElement));
  for (const one of seen('.mark .ring')) check('ring', one, getComputedStyle(one).borderTopColor, groundOf(one.parentElement));
  for (const one of seen('.light')) check('light', one, getComputedStyle(one, '::before').backgroundColor, groundOf(one));
  for (const one of seen('.run-line, .list-filter input, select, dialog input:not([type=checkbox])'))
    check('edge', one, getComputedStyle(one).borderTopColor, groundOf(one.parentElement));
  return unclear;
})()`;

/** The ring around what has the focus against what is around it. */
const RING = `(() => {
  ${CONTRAST}
  const one = document.activeElement.closest('.run-line') ?? document.activeElement;
  const { outlineColor, outlineStyle, outlineWidth } = getComputedStyle(one);
  const ground = groundOf(one.parentElement ?? document.body);
  return { what: one.tagName + ' ' + one.className, drawn: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, contrast: contrast(over(outlineColor, ground), ground) };
})()`;

const look = async (page: Page) => [
  ...(await page.evaluate<string[]>(FAINT)),
  ...(await page.evaluate<string[]>(UNCLEAR)),
];

inChromium('the console page: contrast', (open) => {
  test.each(['light', 'dark'] as const)('every pair of colours that is used, %s', async (colorScheme) => {
    await using watched = await open(rig().url, { colorScheme });
    const found = await watched.page.evaluate<number[]>(`(() => {
      ${CONTRAST}
      const color = (name) => over(getComputedStyle(document.documentElement).getPropertyValue('--' + name), [0, 0, 0]);
      return ${JSON.stringify(PAIRS)}.map(([one, ground]) => contrast(color(one), color(ground)));
    })()`);
    const faint = PAIRS.map(([color, ground, least], index) => ({ color, ground, least, is: found[index] ?? 0 }));
    expect(faint.filter(({ least, is }) => is < least)).toEqual([]);
  });

  test.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('every view as it is drawn, %s, %d pixels wide', async (colorScheme, width) => {
    const failed = await rig().run('echo fine; echo trouble >&2; exit 1');
    const running = await rig().exec(`sleep ${rig().marker()}`);
    const { id } = await rig().post<TerminalResource>('/terminals', { shell: 'sh' });
    await rig().run('true', { mode: 'persistent_shell', sessionKey: 'kept', shell: 'sh' });
    await using watched = await open(rig().url, { colorScheme, viewport: { width, height: 800 } });
    const { page } = watched;
    expect(await look(page)).toEqual([]);
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    const places = {
      '#/jobs': '.rows .mark.bad',
      '#/jobs?find=nothing+like+it': '.list .empty',
      [`#/jobs/${failed.jobId}`]: '.line.stderr',
      [`#/jobs/${running}`]: '.input-line',
      '#/sessions': '.row-actions',
      '#/terminals': '.rows a',
      [`#/terminals/${id}`]: '.terminal-bar .good',
      '#/agents': '.list .empty',
      '#/server': '.update-status .mark',
      '#/machine': '.processes a',
      '#/machine/ports': '.ports tbody tr',
    };
    for (const [place, sign] of Object.entries(places)) {
      await page.evaluate(`location.hash = '${place}'`);
      await page.locator(sign).first().waitFor();
      expect({ place, unclear: await look(page) }).toEqual({ place, unclear: [] });
    }
    for (const name of ['Settings', 'Forget the key']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      expect({ name, unclear: await look(page) }).toEqual({ name, unclear: [] });
      await page.keyboard.press('Escape');
    }
  });

  test.each(['light', 'dark'] as const)(
    'the focus ring around everything that Tab reaches, %s',
    async (colorScheme) => {
      const { jobId } = await rig().run('echo seen');
      await using watched = await open(`${rig().url}/#/jobs/${jobId}`, { colorScheme });
      const { page } = watched;
      await watched.unlock(rig().key);
      await page.getByText('seen', { exact: true }).waitFor();
      const weak: unknown[] = [];
      for (let press = 0; press < 25; press += 1) {
        await page.keyboard.press('Tab');
        const ring = await page.evaluate<{ what: string; drawn: boolean; contrast: number }>(RING);
        if (!ring.what.startsWith('BODY') && !(ring.drawn && ring.contrast >= SIGN)) weak.push(ring);
      }
      expect(weak).toEqual([]);
    },
  );
});
