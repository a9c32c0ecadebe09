/** Every pair of the sixteen colours can be read, as text on ground, in job output and in terminals, light and dark. */
import { expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);

/** All pairs: 17 lines of 17 pairs, the seventeenth of each being the default colour. `before` is set for each of them. */
const PAIRS = (before: string) => `
  front="30 31 32 33 34 35 36 37 90 91 92 93 94 95 96 97 39"
  behind="40 41 42 43 44 45 46 47 100 101 102 103 104 105 106 107 49"
  for b in $behind; do for f in $front; do printf '\\033[0;%s%s;%smxy\\033[0m ' '${before}' $f $b; done; echo; done`;

/** The contrast of each `xy` inside the selector, lowest first, as the browser computed its colours. */
const CONTRASTS = (selector: string) => `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (one) => {
    if (one === null) return [255, 255, 255];
    const own = rgb(getComputedStyle(one).backgroundColor);
    return own.length === 3 || own[3] === 1 ? own.slice(0, 3) : groundOf(one.parentElement);
  };
  const texts = document.createTreeWalker(document.querySelector('${selector}'), NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    for (const _ of texts.currentNode.data.matchAll(/xy/g)) {
      const one = texts.currentNode.parentElement;
      const style = getComputedStyle(one);
      const [a, b] = [light(rgb(style.color).slice(0, 3)), light(groundOf(one))];
      found.push(style.opacity === '1' ? (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) : 0);
    }
  }
  return found.toSorted((a, b) => a - b);
})()`;

inChromium('the colours of programs', (open) => {
  const lookAt = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' } } as const;

  test.each(['light', 'dark'] as const)('in job output, %s, plain, reversed and dim', async (scheme) => {
    const id = await rig().exec([PAIRS(''), PAIRS('7;'), PAIRS('2;')].join('\n'));
    await rig().finished(id);
    await using watched = await open(`${rig().url}/#/jobs/${id}`, {
      ...lookAt[scheme],
      viewport: { width: 1600, height: 1400 },
    });
    await watched.unlock(rig().key);
    await waitFor('all lines', async () => (await watched.page.locator('.line').count()) === 51);
    const contrasts = await watched.page.evaluate<number[]>(CONTRASTS('.output-text'));
    expect(contrasts.length).toBe(3 * 17 * 17);
    expect(contrasts[0]).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['light', 'dark'] as const)('in terminals, %s, plain and reversed', async (scheme) => {
    for (const before of ['', '7;']) {
      const { id } = await rig().post<TerminalResource>('/terminals', { shell: 'sh', cols: 100, rows: 40 });
      await using watched = await open(`${rig().url}/#/terminals/${id}`, {
        ...lookAt[scheme],
        viewport: { width: 1600, height: 1200 },
      });
      await watched.unlock(rig().key);
      await watched.page.locator('.xterm-rows').waitFor();
      await rig().post(`/terminals/${id}/input`, {
        data: `PS1=; clear; ${PAIRS(before).trim().replaceAll('\n', ';')}; echo do''ne\n`,
      });
      await watched.page.locator('.xterm-rows').getByText('done').waitFor();
      const contrasts = await waitFor('all pairs', async () => {
        const found = await watched.page.evaluate<number[]>(CONTRASTS('.xterm-rows'));
        return found.length >= 17 * 17 ? found : undefined;
      });
      expect(contrasts[0]).toBeGreaterThanOrEqual(4.5);
    }
  });
});
