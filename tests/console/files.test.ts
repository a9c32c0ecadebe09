/** Files in the page: the tree, previews, and what is done with them, as people do it. */
import { expect, test } from 'bun:test';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { folderOf, openFiles } from './files-world.ts';

const rig = sharedRig(liveServer);

/** 1 × 1, transparent. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

const item = (page: Page, name: string) =>
  page
    .getByRole('treeitem')
    .filter({ has: page.locator('.tree-name', { hasText: new RegExp(`^${RegExp.escape(name)}$`) }) });
const names = (page: Page): Promise<string[]> => page.locator('.tree-row.entry .tree-name').allInnerTexts();
const focusedName = (page: Page): Promise<string> =>
  page.evaluate<string>(`document.activeElement.querySelector('.tree-name')?.textContent ?? 'nothing'`);

inChromium('the console page: files', (open) => {
  test('the tree opens folders, goes by keys, and hides what is hidden until it is asked for', async () => {
    const folder = folderOf(rig(), {
      'a/': '',
      'a/b/': '',
      'a/b/deep.txt': 'deep down\n',
      '.secret': '',
      'z.txt': 'end',
    });
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    await item(page, 'z.txt').waitFor();
    expect(await names(page)).toEqual(['a', 'z.txt']);
    const tree = page.getByRole('tree', { name: 'Files' });
    expect(await tree.getByRole('treeitem', { expanded: false }).count()).toBe(1);

    await page.keyboard.press('l');
    expect(await focusedName(page)).toBe('a');
    await page.keyboard.press('ArrowRight');
    await item(page, 'b').waitFor();
    expect(await item(page, 'a').getAttribute('aria-expanded')).toBe('true');
    expect(await item(page, 'b').getAttribute('aria-level')).toBe('2');
    await page.keyboard.press('ArrowRight');
    expect(await focusedName(page)).toBe('b');
    await page.keyboard.press('ArrowRight');
    await item(page, 'deep.txt').waitFor();
    await page.keyboard.press('End');
    expect(await focusedName(page)).toBe('z.txt');
    await page.keyboard.press('ArrowUp');
    expect(await focusedName(page)).toBe('deep.txt');
    await page.keyboard.press('Enter');
    await page.locator('.text-content', { hasText: 'deep down' }).waitFor();
    await item(page, 'deep.txt').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await focusedName(page)).toBe('b');
    await page.keyboard.press('ArrowLeft');
    await item(page, 'deep.txt').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Show hidden files' }).click();
    await item(page, '.secret').waitFor();
    await page.getByRole('button', { name: 'Show hidden files' }).click();
    await item(page, '.secret').waitFor({ state: 'detached' });
  });

  test('a pasted path is gone to, a link to a file shows it, and what is not there is told', async () => {
    const folder = folderOf(rig(), { 'in/': '', 'in/some file.txt': 'found it' });
    await using watched = await openFiles(open, rig(), rig().path('.'));
    const { page } = watched;
    await page.getByLabel('Path', { exact: true }).fill(` "${folder}/in/" `);
    await page.keyboard.press('Enter');
    await item(page, 'some file.txt').click();
    await page.locator('.text-content', { hasText: 'found it' }).waitFor();
    const address = page.url();
    await using other = await open(address);
    await other.unlock(rig().key);
    await other.page.locator('.text-content', { hasText: 'found it' }).waitFor();
    expect(await item(other.page, 'some file.txt').getAttribute('aria-selected')).toBe('true');
    await page.getByLabel('Path', { exact: true }).fill(`${folder}/nowhere`);
    await page.keyboard.press('Enter');
    await page
      .locator('.path-bar .problem', { hasText: 'No such' })
      .or(page.locator('.path-bar .problem', { hasText: /no/i }))
      .first()
      .waitFor();
    expect(page.url()).toBe(address);
  });

  test('a folder of 1,200 files comes in pages', async () => {
    const files = Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`f${String(at).padStart(4, '0')}`, '']));
    const folder = folderOf(rig(), files);
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    await item(page, 'f0499').waitFor();
    expect(await names(page)).toHaveLength(500);
    await page.getByRole('treeitem', { name: /Show more \(500/ }).click();
    await item(page, 'f0999').waitFor();
    await page.getByRole('treeitem', { name: /Show more \(1,000/ }).press('Enter');
    await item(page, 'f1199').waitFor();
    expect(await names(page)).toEqual(Object.keys(files));
    expect(await page.getByRole('treeitem', { name: /Show more/ }).count()).toBe(0);
    // What was loaded stays when something changes.
    writeFileSync(join(folder, 'f1200'), '');
    await item(page, 'f1200').waitFor();
    expect(await names(page)).toHaveLength(1201);
  });

  test('names and contents that look like markup are text, and an SVG runs no script', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>top.hacked = 1; parent.hacked = 1</script><rect width="40" height="30" fill="red" onload="top.hacked = 1"/></svg>`;
    const evil = '<img src=x onerror="window.hacked=1">.txt';
    const folder = folderOf(rig(), {
      [evil]: '<script>window.hacked = 1</script><img src=x onerror="window.hacked=1">',
      '<b>bold<': '',
      'picture.svg': svg,
      'page.html': '<h1 id=injected>hello</h1>',
    });
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    await item(page, evil).click();
    await page.locator('.text-content', { hasText: '<script>window.hacked = 1</script>' }).waitFor();
    expect(await page.locator('.file-title').innerText()).toBe(evil);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    expect(await page.getByRole('dialog').innerText()).toContain(evil);
    await page.getByRole('button', { name: 'Keep the file' }).click();
    await item(page, 'page.html').click();
    await page.locator('.text-content', { hasText: '<h1 id=injected>' }).waitFor();
    expect(await page.locator('#injected').count()).toBe(0);
    await item(page, 'picture.svg').click();
    await page.getByText('40 × 30').waitFor();
    expect(await page.evaluate<string>(`document.querySelector('.image-preview img').src`)).toStartWith('blob:');
    expect(await page.locator('main img:not(.image-preview img)').count()).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });

  test('a name that turns the writing around, or goes over lines, is shown as what it is', async () => {
    const folder = folderOf(rig(), { 'a\u202egnp.txt': 'turned', 'two\nlines.txt': 'x' });
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    await item(page, 'a\ufffdgnp.txt').click();
    await page.locator('.text-content', { hasText: 'turned' }).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    expect(await page.getByRole('dialog').innerText()).toContain('Delete the file a\ufffdgnp.txt?');
    expect(await page.evaluate<string>('document.body.innerText + document.title')).not.toContain('\u202e');
    await page.getByRole('button', { name: 'Keep the file' }).click();
    await item(page, 'two\ufffdlines.txt').click();
    await page.locator('.file-path', { hasText: 'two\ufffdlines.txt' }).waitFor();
    // It is the true name that is changed.
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByLabel('New name').fill('one-line.txt');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.locator('.file-path', { hasText: 'one-line.txt' }).waitFor();
    expect(existsSync(join(folder, 'one-line.txt'))).toBe(true);
  });

  test('a download says that it is under way until the browser has all of it', async () => {
    const folder = folderOf(rig(), { 'a.bin': new Uint8Array(2000) });
    await using watched = await openFiles(open, rig(), join(folder, 'a.bin'));
    const { page } = watched;
    await page.getByText('No text').waitFor();
    const held = Promise.withResolvers<void>();
    let asked = 0;
    await page.route(/\/files\?path=/, async (route) => {
      asked += 1;
      await held.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('button', { name: 'Downloading…' }).click();
    const saved = page.waitForEvent('download');
    held.resolve();
    expect((await saved).suggestedFilename()).toBe('a.bin');
    await page.getByRole('button', { name: 'Download', exact: true }).waitFor();
    expect(asked).toBe(1);
  });

  test('text has line numbers, images are shown, bytes and large files are told and downloaded', async () => {
    const folder = folderOf(rig(), {
      'a.txt': 'one\r\ntwo\r\nthree\r\n',
      'b.png': PNG,
      'c.bin': new Uint8Array([0, 255, 1, 254]),
      'd.log': 'é'.repeat(600_000),
      'e.empty': '',
    });
    await using watched = await openFiles(open, rig(), join(folder, 'a.txt'));
    const { page } = watched;
    await page.locator('.text-content').waitFor();
    expect(await page.locator('.text-numbers').innerText()).toBe('1\n2\n3');
    await item(page, 'b.png').click();
    await page.getByText('1 × 1').waitFor();
    await item(page, 'c.bin').click();
    await page.getByText('neither text nor an image').waitFor();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('c.bin');
    expect([...readFileSync(await saved.path())]).toEqual([0, 255, 1, 254]);
    await item(page, 'd.log').click();
    await page.getByText('The first 1 MiB of 1.2 MB is shown').waitFor();
    expect(await page.evaluate<number>(`document.querySelector('.text-content').textContent.length`)).toBe(524_288);
    expect(await page.getByRole('button', { name: 'Edit', exact: true }).isVisible()).toBe(false);
    await item(page, 'e.empty').click();
    await page.getByText('There is nothing in this file').waitFor();
    // A folder comes as an archive.
    await page.locator('.tree-root').click();
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(
      readFileSync(await zip.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  test('a name that is no UTF-8 is listed, shown and downloaded, and not offered to be renamed', async () => {
    const folder = folderOf(rig(), { 'plain.txt': '' });
    const bytes = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff, 0x2e, 0x74])]);
    writeFileSync(bytes, 'behind odd bytes');
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x67, 0xfe])]));
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x67, 0xfe]), Buffer.from('/inner.txt')]),
      'inside',
    );
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    await item(page, 'f\u{fffd}.t').click();
    await page.locator('.text-content', { hasText: 'behind odd bytes' }).waitFor();
    expect(await page.getByRole('button', { name: 'Rename' }).count()).toBe(0);
    await item(page, 'g\u{fffd}').click();
    await item(page, 'inner.txt').click();
    await page.locator('.text-content', { hasText: 'inside' }).waitFor();
    await page.reload();
    await page.locator('.text-content', { hasText: 'inside' }).waitFor();
  });

  test('a new folder, a new name and an end', async () => {
    const folder = folderOf(rig(), { 'old.txt': 'content', 'taken.txt': '', 'full/': '', 'full/one': '' });
    await using watched = await openFiles(open, rig(), folder);
    const { page } = watched;
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name').fill('made');
    await page.keyboard.press('Enter');
    await waitFor('the folder', () => existsSync(join(folder, 'made')) || undefined);
    await page.locator('.file-title', { hasText: 'made' }).waitFor();
    await item(page, 'made').waitFor();

    await item(page, 'old.txt').click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('New name').fill('taken.txt');
    await page.keyboard.press('Enter');
    await dialog.locator('.problem', { hasText: 'Something has that name already' }).waitFor();
    expect(readFileSync(join(folder, 'old.txt'), 'utf8')).toBe('content');
    await page.getByLabel('New name').fill('new.txt');
    await page.keyboard.press('Enter');
    await page.locator('.file-title', { hasText: 'new.txt' }).waitFor();
    await item(page, 'old.txt').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
    expect(await dialog.innerText()).toContain(join(folder, 'new.txt'));
    // A second Enter deletes nothing.
    await page.keyboard.press('Enter');
    expect(existsSync(join(folder, 'new.txt'))).toBe(true);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await item(page, 'new.txt').waitFor({ state: 'detached' });
    expect(existsSync(join(folder, 'new.txt'))).toBe(false);

    await item(page, 'full').click();
    await page.locator('.file-title', { hasText: 'full' }).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    expect(await dialog.innerText()).toContain('everything in it');
    await page.getByRole('button', { name: 'Delete the folder' }).click();
    await item(page, 'full').waitFor({ state: 'detached' });
    expect(existsSync(join(folder, 'full'))).toBe(false);
  });

  test('what other programs do in the open folder is seen without a press', async () => {
    const folder = folderOf(rig(), { 'seen.txt': 'before', 'gone.txt': '' });
    await using watched = await openFiles(open, rig(), join(folder, 'seen.txt'));
    const { page } = watched;
    await page.locator('.text-content', { hasText: 'before' }).waitFor();
    await item(page, 'gone.txt').waitFor();
    writeFileSync(join(folder, 'born.txt'), '');
    rmSync(join(folder, 'gone.txt'));
    writeFileSync(join(folder, 'seen.txt'), 'after all');
    await item(page, 'born.txt').waitFor();
    await item(page, 'gone.txt').waitFor({ state: 'detached' });
    await page.locator('.text-content', { hasText: 'after all' }).waitFor();
    renameSync(join(folder, 'seen.txt'), join(folder, 'moved.txt'));
    await page.getByText('Nothing is here').waitFor();
  });

  test('a folder that may not be read is told in the tree', async () => {
    if (process.getuid?.() === 0) {
      process.stdout.write('skipped: root reads every folder\n');
      return;
    }
    const folder = folderOf(rig(), { 'closed/': '' });
    chmodSync(join(folder, 'closed'), 0);
    await using watched = await openFiles(open, rig(), folder);
    await item(watched.page, 'closed').click();
    await watched.page.locator('.tree-row.note').waitFor();
    chmodSync(join(folder, 'closed'), 0o755);
  });
});
