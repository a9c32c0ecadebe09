/** Files in the page: edits and their conflicts, uploads, keys that may do less, and how it looks. */
import { expect, test } from 'bun:test';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Request } from 'playwright-core';
import { addKey } from '../contract/suite-keys.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { folderOf, openFiles } from './files-world.ts';
import { FAINT, STICKING_OUT } from './looks.ts';

const rig = sharedRig(liveServer);

const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };
const LONG = 'a-very-long-word-'.repeat(12);

const edit = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.locator('.text-field').fill(text);
};
const textIn = (path: string): string => readFileSync(path, 'utf8');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Files as a desktop drops them: made in the page, because a test has no desktop. */
const DROP = (files: Readonly<Record<string, string>>): string => `(() => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of ${JSON.stringify(Object.entries(files))}) dataTransfer.items.add(new File([text], name));
  const at = document.querySelector('.file');
  for (const type of ['dragover', 'drop'])
    at.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
})()`;

/** Whether the browser would ask before it leaves the page. */
const ASKS_TO_STAY = `!dispatchEvent(new Event('beforeunload', { cancelable: true }))`;

inChromium('the console page: files that are changed', (open) => {
  test('a text is edited and saved as it was written: mark, line ends and mode stay', async () => {
    const folder = folderOf(rig(), { 'a.sh': '\u{feff}one\r\ntwo\r\n' });
    const path = join(folder, 'a.sh');
    await using watched = await openFiles(open, rig(), path);
    const { page } = watched;
    await edit(page, 'one\ntwo\nthree\n');
    await page.getByText('Not saved').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Saved', { exact: true }).first().waitFor();
    expect(textIn(path)).toBe('\u{feff}one\r\ntwo\r\nthree\r\n');
    await button(page, 'Close').click();
    await page.locator('.text-content', { hasText: 'three' }).waitFor();
  });

  test('what is not saved waits while another file is looked at, and is not thrown away unasked', async () => {
    const folder = folderOf(rig(), { 'a.txt': 'before', 'b.txt': 'other' });
    await using watched = await openFiles(open, rig(), join(folder, 'a.txt'));
    const { page } = watched;
    await edit(page, 'typed and kept');
    await page.getByRole('treeitem', { name: /b\.txt/ }).click();
    await page.locator('.text-content', { hasText: 'other' }).waitFor();
    // Nor by closing the tab while it is out of sight.
    expect(await page.evaluate<boolean>(ASKS_TO_STAY)).toBe(true);
    await page.getByRole('treeitem', { name: /a\.txt/ }).click();
    await page.locator('.text-field').waitFor();
    expect(await page.locator('.text-field').inputValue()).toBe('typed and kept');
    await button(page, 'Close').click();
    await button(page, 'Keep editing').click();
    expect(await page.locator('.text-field').inputValue()).toBe('typed and kept');
    await button(page, 'Close').click();
    await button(page, 'Discard the changes').click();
    await page.locator('.text-content', { hasText: 'before' }).waitFor();
    expect(await page.evaluate<boolean>(ASKS_TO_STAY)).toBe(false);
  });

  test('a file that changed meanwhile is told before anything is overwritten; the user decides', async () => {
    const folder = folderOf(rig(), { 'a.txt': 'first\nsecond\n' });
    const path = join(folder, 'a.txt');
    await using watched = await openFiles(open, rig(), path);
    const { page } = watched;
    await edit(page, 'first\nmine\n');
    writeFileSync(path, 'first\ntheirs\n');
    await page.getByText('This file has changed on the machine').waitFor();
    expect(await button(page, 'Save').isDisabled()).toBe(true);
    await button(page, 'Show the differences').click();
    expect(await page.locator('.diff-line').allInnerTexts()).toEqual(['  first', '- theirs', '+ mine']);
    await button(page, 'Load theirs').click();
    expect(await page.locator('.text-field').inputValue()).toBe('first\ntheirs\n');
    expect(await page.locator('.conflict').count()).toBe(0);

    await page.locator('.text-field').fill('mine again\n');
    writeFileSync(path, 'theirs again\n');
    await page.getByText('This file has changed on the machine').waitFor();
    expect(textIn(path)).toBe('theirs again\n');
    await button(page, 'Keep mine').click();
    await page.getByText('Saved', { exact: true }).first().waitFor();
    expect(textIn(path)).toBe('mine again\n');

    await page.locator('.text-field').fill('made again\n');
    rmSync(path);
    await page.getByText('This file is gone').waitFor();
    await button(page, 'Keep mine').click();
    await waitFor('the file', () => (existsSync(path) && textIn(path) === 'made again\n') || undefined);
  });

  test('a save that the server refuses for the version is told the same, without a watch', async () => {
    const folder = folderOf(rig(), { 'a.txt': 'first\n' });
    const path = join(folder, 'a.txt');
    await using watched = await openFiles(open, rig(), path);
    const { page } = watched;
    await page.route(/files\/watch/, (route) => route.abort());
    await page.reload();
    await page.locator('.text-content').waitFor();
    await edit(page, 'mine\n');
    writeFileSync(path, 'theirs\n');
    const [refusal] = await Promise.all([
      page.waitForResponse((one) => one.request().method() === 'PUT'),
      button(page, 'Save').click(),
    ]);
    expect(refusal.status()).toBe(412);
    expect(refusal.request().headers()['if-match']).toMatch(/^"[0-9a-f-]+"$/);
    await page.getByText('This file has changed on the machine').waitFor();
    expect(textIn(path)).toBe('theirs\n');
  });

  test('files that are dropped are uploaded; one that is there is asked about, and kept unless told', async () => {
    const folder = folderOf(rig(), { 'a.txt': 'old a', 'b.txt': 'old b' });
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    const dialog = page.getByRole('dialog');
    await page.evaluate(
      DROP({ 'a.txt': 'new a', 'b.txt': 'new b', 'c.txt': 'new c', [`<i>${LONG}`.slice(0, 99)]: 'd' }),
    );
    expect(await dialog.innerText()).toContain(join(folder, 'a.txt'));
    await button(page, 'Overwrite').click();
    await dialog.filter({ hasText: 'b.txt' }).waitFor();
    await button(page, 'Skip this file').click();
    await waitFor('the last one', () => existsSync(join(folder, `<i>${LONG}`.slice(0, 99))) || undefined);
    expect(['a', 'b', 'c'].map((one) => textIn(join(folder, `${one}.txt`)))).toEqual(['new a', 'old b', 'new c']);
    await page.getByText('skipped: the file that is there was kept').waitFor();
    await page.getByRole('treeitem', { name: /c\.txt/ }).waitFor();
    await button(page, 'Clear the list').click();
    await page.locator('.uploads').waitFor({ state: 'hidden' });
    // One answer for all of them.
    await page.evaluate(DROP({ 'a.txt': 'a 3', 'b.txt': 'b 3', 'c.txt': 'c 3' }));
    await page.getByLabel('Do the same with the rest').check();
    await button(page, 'Overwrite').click();
    await waitFor('all three', () => textIn(join(folder, 'c.txt')) === 'c 3' || undefined);
    expect(textIn(join(folder, 'b.txt'))).toBe('b 3');
  });

  test('uploads say how many there are to go, and neither they nor their list are given up unasked', async () => {
    const folder = folderOf(rig(), {});
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    const arrived = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    await page.route(/\/files\?path=.*first/, async (route) => {
      arrived.resolve();
      await held.promise;
      await route.continue();
    });
    await page.evaluate(DROP({ 'first.txt': '1', 'second.txt': '2', 'third.txt': '3' }));
    await arrived.promise;
    await page.getByText('Uploading, 3 to go').waitFor();
    expect(await button(page, 'Clear the list').isDisabled()).toBe(true);
    expect(await page.evaluate<boolean>(ASKS_TO_STAY)).toBe(true);
    await button(page, `Remove ${join(folder, 'second.txt')} from the uploads`).click();
    await page.getByText('Uploading, 2 to go').waitFor();
    held.resolve();
    await page.getByText('Uploads', { exact: true }).waitFor();
    expect(await page.evaluate<boolean>(ASKS_TO_STAY)).toBe(false);
    expect(existsSync(join(folder, 'second.txt'))).toBe(false);
    await button(page, 'Clear the list').click();
    await page.locator('.uploads').waitFor({ state: 'hidden' });
  });

  test('a large file goes in parts, and goes on where a broken connection left it', async () => {
    const folder = folderOf(rig(), { 'large.bin': '' });
    const source = rig().path('source');
    const size = 70 * 1024 * 1024;
    const content = new Uint8Array(size).map((_, at) => (at >> 8) & 0xff);
    writeFileSync(source, content);
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    const offsets: string[] = [];
    const anUpload = /files\/uploads\/[^/]+$/;
    const isPart = (request: Request) => request.method() === 'PATCH' && anUpload.test(request.url());
    page.on('request', (request) => {
      if (isPart(request)) offsets.push(request.headers()['upload-offset'] ?? '');
    });
    // The third part never arrives. Those after it are left alone: to be looked at, each takes seconds out of the browser.
    await page.route(anUpload, async (route, request) => {
      if (!isPart(request) || offsets.length < 3) return route.continue();
      await route.abort('connectionreset');
      await page.unroute(anUpload);
    });
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(page, 'Upload').click()]);
    expect(chooser.isMultiple()).toBe(true);
    await chooser.setFiles(source);
    // The browser takes seconds to hand them out on a busy machine.
    await page.getByText('73.4 MB, uploaded').waitFor({ timeout: 50_000 });
    const bytes = 8 * 1024 * 1024;
    expect(offsets.slice(0, 5)).toEqual([0, bytes, 2 * bytes, 2 * bytes, 3 * bytes].map(String));
    expect(statSync(join(folder, 'source')).size).toBe(size);
    expect(Bun.SHA256.hash(readFileSync(join(folder, 'source')), 'hex')).toBe(Bun.SHA256.hash(content, 'hex'));
  }, 60_000);

  test('what the key may not do is not offered, and what its roots leave out is told', async () => {
    const folder = folderOf(rig(), { 'a.txt': 'to be read' });
    const { key } = await addKey(rig(), ['observe', 'files:read'], { roots: [folder] });
    await using watched = await openFiles(open, rig(), join(folder, 'a.txt'), { key });
    const { page } = watched;
    await page.locator('.text-content', { hasText: 'to be read' }).waitFor();
    for (const name of ['Edit', 'Rename', 'Delete']) expect(await button(page, name).isVisible()).toBe(false);
    await page.locator('.tree-root').click();
    await button(page, 'Download').waitFor();
    for (const name of ['Upload', 'New folder']) expect(await button(page, name).count()).toBe(0);
    await page.evaluate(DROP({ 'x.txt': 'x' }));
    await page.locator('.notice', { hasText: 'Files cannot be uploaded here.' }).waitFor();
    expect(existsSync(join(folder, 'x.txt'))).toBe(false);
    await page.getByLabel('Path', { exact: true }).fill('/');
    await page.keyboard.press('Enter');
    await page.locator('.path-bar .problem', { hasText: 'Outside of the roots' }).waitFor();

    const { key: blind } = await addKey(rig(), ['observe']);
    await using other = await openFiles(open, rig(), folder, { key: blind });
    await other.page.getByText('it lacks the scope files:read').first().waitFor();
  });

  test('on a phone nothing is wider than the screen, and tree and file are one behind the other', async () => {
    const folder = folderOf(rig(), { [`${LONG}/`]: '', [`${LONG}/a.txt`]: `${LONG.repeat(4)}\n`, 'b.txt': 'b' });
    await using watched = await openFiles(open, rig(), folder, PHONE);
    const { page } = watched;
    const fits = async (): Promise<void> => {
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ width, out: await page.evaluate<string[]>(STICKING_OUT) }).toEqual({ width: 360, out: [] });
    };
    await fits();
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByRole('treeitem', { name: new RegExp(LONG) }).waitFor();
    await fits();
    // The triangle opens a folder where it is; its name shows it.
    await page.locator('.twisty').first().tap();
    await page.getByRole('treeitem', { name: /a\.txt/ }).tap();
    await page.locator('.text-content').waitFor();
    expect(await page.locator('.side').isVisible()).toBe(false);
    await fits();
    await edit(page, 'changed');
    writeFileSync(join(folder, LONG, 'a.txt'), 'by others');
    await button(page, 'Show the differences').click();
    await page.locator('.diff-line').first().waitFor();
    await fits();
  });

  test.each(['light', 'dark'] as const)(
    'in the %s scheme every text stands out from its ground',
    async (colorScheme) => {
      const folder = folderOf(rig(), { 'd/': '', 'a.txt': 'some text\n', '.hidden': '' });
      await using watched = await openFiles(open, rig(), join(folder, 'a.txt'), { colorScheme });
      const { page } = watched;
      await page.locator('.text-content').waitFor();
      await button(page, 'Show hidden files').click();
      await page.getByRole('treeitem', { name: /hidden/ }).waitFor();
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
      await edit(page, 'other text\n');
      writeFileSync(join(folder, 'a.txt'), 'theirs\n');
      await button(page, 'Show the differences').click();
      await page.evaluate(DROP({ 'new.txt': 'n' }));
      await page.getByText('uploaded').first().waitFor();
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    },
  );
});
