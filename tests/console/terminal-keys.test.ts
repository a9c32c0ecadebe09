/** Keys of terminals that a browser or a phone has none of its own for: pasting, modifiers on a touch screen, the size of the type. */
import { expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { openTerminal } from './terminal-page.ts';

const rig = sharedRig(liveServer, { env: { PS1: '> ' } });
const terminal = () => rig().post<TerminalResource>('/terminals', { shell: 'sh' });
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
const PHONE = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true };
const pastesByCtrlV = (on: 'yes' | 'no'): string =>
  `localStorage.setItem('agent-server terminals paste by ctrl v', '${on}');`;

inChromium('the console page: keys of terminals', (open) => {
  test('Ctrl+Shift+V pastes a line at once, and asks before it pastes several', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, CLIPBOARD);
    const { page } = shown.watched;
    const copy = (text: string) => page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await copy('echo one-$((40 + 2))');
    await page.keyboard.press('Control+Shift+V');
    await shown.shows('> echo one-$((40 + 2))');
    await page.keyboard.press('Enter');
    await shown.shows(/^one-42/m);
    await copy('echo first-$((1 + 1))\necho second-$((1 + 1))\n');
    await page.keyboard.press('Control+Shift+V');
    const dialog = page.getByRole('dialog', { name: 'Paste 2 lines?' });
    expect(await dialog.locator('pre').innerText()).toContain('echo second-$((1 + 1))');
    // The focus is on the answer that does nothing.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await shown.type('echo between\n');
    expect(await shown.shows(/^between/m)).not.toContain('first-');
    await page.keyboard.press('Control+Shift+V');
    await dialog.getByRole('button', { name: 'Paste', exact: true }).click();
    await shown.shows(/^(> )?second-2/m);
    // A program that tells pasted text from typed text is not asked about.
    await shown.type(`printf '\\033[?2004h'; cat -v\n`);
    await shown.shows(/cat -v\n/);
    await copy('alpha\nbeta\n');
    await waitFor('a paste without a question', async () => {
      await page.keyboard.press('Control+Shift+V');
      return (await shown.text()).includes('^[[200~alpha');
    });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test.each([
    ['the program gets it', 'no', /\^V/],
    ['it pastes', 'yes', /from the clipboard/],
  ] as const)('Ctrl+V as the user has set it: %s', async (_what, on, seen) => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, { ...CLIPBOARD, script: pastesByCtrlV(on) });
    const { page } = shown.watched;
    await page.evaluate(`navigator.clipboard.writeText('from the clipboard')`);
    await shown.type(`stty -icanon -echo -iexten; cat -v\n`);
    await shown.shows(/cat -v\n/);
    await page.keyboard.press('Control+V');
    const text = await shown.shows(seen);
    expect(text.includes('^V')).toBe(on === 'no');
  });

  test('on a phone Ctrl and Alt hold for the next key, and the keys that its keyboard lacks are there', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, PHONE);
    const { page } = shown.watched;
    const keys = page.getByRole('toolbar', { name: 'Keys' });
    const key = (name: string) => keys.getByRole('button', { name, exact: true });
    await page.locator('.xterm').tap();
    await shown.type('cat -v\n');
    await shown.shows(/cat -v\n/);
    for (const name of ['Vertical bar', 'Slash', 'Tilde', 'Hyphen', 'Page up', 'Page down']) await key(name).tap();
    await shown.shows('|/~-^[[5~^[[6~');
    await key('Alt, for the next key').tap();
    expect(await key('Alt, for the next key').getAttribute('aria-pressed')).toBe('true');
    await shown.type('xy');
    await shown.shows('^[[6~^[xy');
    expect(await key('Alt, for the next key').getAttribute('aria-pressed')).toBe('false');
    await key('Control, for the next key').tap();
    await key('Left').tap();
    await shown.shows('^[[1;5D');
    // Pressed twice it is released.
    await key('Control, for the next key').tap();
    await key('Control, for the next key').tap();
    await shown.type('c');
    await shown.shows('^[[1;5Dc');
    await key('Control, for the next key').tap();
    await shown.type('c');
    await shown.type('echo back-$((1 + 1))\n');
    await shown.shows(/^(> )?back-2/m);
    // Without leave to read the clipboard a field takes what is pasted.
    await key('Paste').tap();
    await page.getByRole('dialog').getByLabel('Text to paste').fill('echo pasted-$((1 + 1))');
    await page.getByRole('dialog').getByRole('button', { name: 'Paste', exact: true }).tap();
    await shown.shows('echo pasted-$((1 + 1))');
    for (const button of await keys.getByRole('button').all())
      expect((await button.boundingBox())?.x).toBeLessThan(370);
  });

  test('the font size and the theme are chosen in the settings, count at once, and are kept', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, { colorScheme: 'light' });
    const { page } = shown.watched;
    const size = (): Promise<string> => page.locator('.terminal-size').innerText();
    const ground = (): Promise<string> => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const [before, light] = [await size(), await ground()];
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Font size of terminals').selectOption('20 px');
    await page.getByLabel('Theme').selectOption('Dark');
    await page.keyboard.press('Escape');
    const larger = await waitFor('fewer columns', async () => {
      const now = await size();
      return Number.parseInt(now) < Number.parseInt(before) && now;
    });
    const dark = await ground();
    expect(dark).not.toBe(light);
    // The screen of the terminal follows, too.
    const screen = `getComputedStyle(document.querySelector('.xterm-scrollable-element')).backgroundColor`;
    expect(await page.evaluate<string>(screen)).toBe(
      await page.evaluate<string>(`getComputedStyle(document.querySelector('.terminal-frame')).backgroundColor`),
    );
    await page.reload();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await waitFor('the size that was chosen', async () => (await size()) === larger);
    expect(await ground()).toBe(dark);
    // The system's own choice counts again when it is asked for.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Theme').selectOption('Same as the system');
    expect(await ground()).toBe(light);
    await page.emulateMedia({ colorScheme: 'dark' });
    await waitFor('the page to follow the system', async () => (await ground()) === dark);
  });
});
