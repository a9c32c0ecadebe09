import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { Cutter } from './cutter.ts';

const rig = sharedRig(liveServer);

inChromium('the console page: key, jobs and sessions', (open) => {
  test('a wrong key is told apart from no key, and asked for again', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock('not-the-key');
    await page.getByRole('alert').filter({ hasText: 'The server does not accept this key' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    expect(await page.getByLabel('API key').count()).toBe(0);
  });

  test('the key outlives a reload, and is kept nowhere but in this tab', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    await page.reload();
    await page.getByText('Connected').waitFor();
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
    expect(page.url()).not.toContain(rig().key);
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('a command is run, its output comes while it runs, and it takes input and ends', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByLabel('Command to run').fill('echo begun; read line; echo "got $line"; echo oops >&2; exit 4');
    await page.keyboard.press('Enter');
    const output = page.getByRole('region', { name: 'Output' });
    await output.getByText('begun').waitFor();
    await page.locator('.detail .badge').getByText('Running').waitFor();
    await page.getByLabel('Line for standard input').fill('forty-two');
    await page.keyboard.press('Enter');
    await output.getByText('got forty-two').waitFor();
    await page.locator('.detail .badge').getByText('Failed').waitFor();
    expect(await page.locator('.facts-list').innerText()).toMatch(/Exit\s*4/);
    expect(await output.locator('.line.stderr').innerText()).toBe('oops');
    await page.locator('.rows a[aria-current] .facts').getByText('exit 4').waitFor();
  });

  test('a running job is cancelled from the page, after a question', async () => {
    const id = await rig().exec(`sleep ${rig().marker()}`);
    await using watched = await open(`${rig().url}/#/jobs/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await page.locator('.detail .badge').getByText('Cancelled').waitFor();
    expect(await rig().finished(id)).toMatchObject({ cancelled: true });
  });

  test('what a program prints is text: no markup, no script, colours as told', async () => {
    const id = await rig().exec(
      `printf '%b' '<img src=x onerror=alert(1)><b>bold?</b>\\n\\033[31mred\\033[0m \\033[38;2;1;2;3mtrue\\033[0m\\n'`,
    );
    await using watched = await open(`${rig().url}/#/jobs/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const output = page.getByRole('region', { name: 'Output' });
    await output.getByText('<img src=x onerror=alert(1)><b>bold?</b>').waitFor();
    expect(await output.locator('img, b').count()).toBe(0);
    const color = await page.evaluate(`getComputedStyle(document.querySelector('.line span:last-child')).color`);
    expect(color).toBe('rgb(1, 2, 3)');
  });

  test('output goes on over a network that breaks: nothing is lost and nothing comes twice', async () => {
    await using cutter = await Cutter.before(rig().port);
    const most = 300;
    const id = await rig().exec(`i=0; while [ $i -lt ${most} ]; do i=$((i+1)); echo "line $i"; sleep 0.01; done`);
    await using watched = await open(`${cutter.url}/#/jobs/${id}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = watched;
    await watched.unlock(rig().key);
    const output = page.getByRole('region', { name: 'Output' });
    for (const seen of [30, 150]) {
      await output.getByText(`line ${seen}`, { exact: true }).waitFor();
      cutter.cut();
    }
    await page.locator('.detail .badge').getByText('Completed').waitFor();
    await output.getByText(`line ${most}`, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy the output' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(
      Array.from({ length: most }, (_, index) => `line ${index + 1}\n`).join(''),
    );
  });

  test('a session is there, takes a command and is ended', async () => {
    await rig().run('step=7', { mode: 'persistent_shell', sessionKey: 'seen', shell: 'bash' });
    await using watched = await open(`${rig().url}/#/sessions`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'Run a command' }).click();
    await page.getByLabel('Command to run').fill('echo "step $step"');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Output' }).getByText('step 7').waitFor();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('button', { name: 'End the session seen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
    await page.getByText('No sessions').waitFor();
    expect(await rig().get<unknown[]>('/sessions')).toEqual([]);
  });

  test('all of it by keyboard: skip link, lists by arrows, dialogs that hold the focus and give it back', async () => {
    const first = await rig().run('echo first of two');
    await rig().run('echo second of two');
    await using watched = await open(rig().url);
    const { page } = watched;
    const { keyboard } = page;
    await keyboard.type(rig().key);
    await keyboard.press('Enter');
    await page.locator('.rows a').nth(1).waitFor();
    await keyboard.press('?');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (let press = 0; press < 4; press += 1) {
      await keyboard.press('Tab');
      expect(
        await page.evaluate(
          `document.activeElement.closest('dialog') !== null || document.activeElement === document.body`,
        ),
      ).toBe(true);
    }
    await keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    // The closed dialog gives the focus back in a moment of its own, and a key that comes before is lost.
    const pressUntil = (key: string, focused: string) =>
      waitFor(`${key} to move the focus to ${focused}`, async () => {
        await keyboard.press(key);
        return page.evaluate<boolean>(`document.activeElement.matches('${focused}')`);
      });
    await pressUntil('l', '.rows a');
    await pressUntil('ArrowDown', `a[href$="${first.jobId}"]`);
    await keyboard.press('Enter');
    await page.waitForURL(`**/#/jobs/${first.jobId}`);
    await page.getByRole('region', { name: 'Output' }).getByText('first of two').waitFor();
    await keyboard.press('n');
    expect(await page.evaluate('document.activeElement.name')).toBe('command');
  });

  test('a server that goes away is told of, and when it is back the page goes on by itself', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    await page.context().setOffline(true);
    await page.getByText('The server does not answer').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Connected').waitFor();
    expect(await page.getByText('The server does not answer').count()).toBe(0);
  });
});
