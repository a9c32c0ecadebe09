/** The page by keyboard: what Tab reaches, where the focus is after something went, and questions that are safe to hit Enter on. */
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);

/** What has the focus, as a person would name it. */
const FOCUSED = `(() => {
  const { activeElement: one } = document;
  return one === null || one === document.body ? 'nothing' : one.tagName.toLowerCase() + ' ' + (one.ariaLabel ?? one.textContent.trim());
})()`;
const focused = (page: Page): Promise<string> => page.evaluate<string>(FOCUSED);

/** Whether the middle of what has the focus is what is seen there. */
const FOCUS_IN_SIGHT = `(() => {
  const { left, top, width, height } = document.activeElement.getBoundingClientRect();
  return document.activeElement.contains(document.elementFromPoint(left + width / 2, top + height / 2));
})()`;

inChromium('the console page: by keyboard', (open) => {
  test.each([
    ['desk', { width: 1280, height: 760 }],
    ['phone', { width: 390, height: 760 }],
  ] as const)('Tab reaches each of the views, on a %s', async (_where, viewport) => {
    await using watched = await open(rig().url, { viewport });
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    const reached: string[] = [];
    for (let press = 0; press < 9; press += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<string>(`document.activeElement.getAttribute('href') ?? ''`));
    }
    expect(reached.filter((href) => href.startsWith('#/'))).toEqual([
      '#/jobs',
      '#/sessions',
      '#/terminals',
      '#/agents',
      '#/files',
      '#/server',
      '#/machine',
    ]);
  });

  test('the first arrow key on a fresh page goes to the list', async () => {
    const { jobId } = await rig().run('echo to be found by an arrow');
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.rows a').first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate<string>('document.activeElement.hash')).toBe(`#/jobs/${jobId}`);
  });

  test.each([
    [
      'a job',
      'jobs',
      async (): Promise<string> => rig().exec(`sleep ${rig().marker()} # a job to keep`),
      'Cancel',
      'Keep the job',
      'a job to keep',
    ],
    [
      'a terminal',
      'terminals',
      async (): Promise<string> =>
        (await rig().post<TerminalResource>('/terminals', { shell: 'sh', name: 'kept-terminal' })).id,
      'End this terminal',
      'Keep the terminal',
      'kept-terminal',
    ],
    [
      'a session',
      'sessions',
      async (): Promise<string> => {
        await rig().run('true', { mode: 'persistent_shell', sessionKey: 'kept-session', shell: 'sh' });
        return '';
      },
      'End the session kept-session',
      'Keep the session',
      'kept-session',
    ],
  ] as const)('a second Enter does not end %s', async (_what, view, make, press, keep, name) => {
    const id = await make();
    await using watched = await open(`${rig().url}/#/${view}/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const button = page.getByRole('button', { name: press, exact: true });
    await page.locator('.detail, .sessions').getByText(name).first().waitFor();
    await button.press('Enter');
    const dialog = page.getByRole('dialog');
    expect(await focused(page)).toBe(`button ${keep}`);
    expect(await dialog.innerText()).toContain(name);
    // No button says no more than "Cancel": beside "Cancel the job" that could be either.
    expect(await dialog.getByRole('button').allInnerTexts()).not.toContain('Cancel');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused(page)).toContain(press);
    expect(await button.isVisible()).toBe(true);
  });

  test('when a job ends, the focus does not fall out of the page', async () => {
    const id = await rig().exec('read line; echo ended');
    await using watched = await open(`${rig().url}/#/jobs/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'End input' }).press('Enter');
    await page.locator('.detail .badge').getByText('Completed').waitFor();
    await page.getByRole('button', { name: 'End input' }).waitFor({ state: 'hidden' });
    expect(await page.evaluate(`document.activeElement.closest('.job') !== null`)).toBe(true);
    expect(await focused(page)).not.toContain('Cancel');
  });

  test('a button that is made again keeps the focus, and one that is gone leaves it beside', async () => {
    const id = await rig().exec('read line');
    await using watched = await open(`${rig().url}/#/jobs/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'Run again' }).focus();
    await rig().post(`/jobs/${id}/input`, { eof: true });
    await page
      .locator('.detail .badge')
      .getByText(/Completed|Failed/)
      .waitFor();
    expect(await focused(page)).toBe('button Run again');
    const other = await rig().exec(`sleep ${rig().marker()}`);
    await page.goto(`${rig().url}/#/jobs/${other}`);
    await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Cancel the job' }).press('Enter');
    await page.locator('.detail .badge').getByText('Cancelled').waitFor();
    await waitFor('the focus to be on what is left', async () => (await focused(page)) === 'button Run again');
  });

  test('the focus stays in the page when its row, its view or its list goes', async () => {
    await rig().run('true', { mode: 'persistent_shell', sessionKey: 'gone-soon', shell: 'sh' });
    await using watched = await open(`${rig().url}/#/sessions`, { viewport: { width: 390, height: 760 } });
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'End the session gone-soon' }).press('Enter');
    await page.getByRole('button', { name: 'End the session', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'End the session gone-soon' }).waitFor({ state: 'detached' });
    expect(await focused(page)).not.toBe('nothing');
    // A narrow page hides the list when one of it is opened.
    await page.keyboard.press('1');
    await page.locator('.rows a').first().press('Enter');
    await page.locator('.side').waitFor({ state: 'hidden' });
    expect(await focused(page)).not.toBe('nothing');
    await page.getByRole('button', { name: 'Run again' }).focus();
    await page.keyboard.press('6');
    await page.getByRole('heading', { name: 'Server', exact: true }).waitFor();
    expect(await focused(page)).not.toBe('nothing');
  });

  test('where a row of a list goes, the focus is on the one that came next', async () => {
    for (const sessionKey of ['row-a', 'row-b', 'row-c'])
      await rig().run('true', { mode: 'persistent_shell', sessionKey, shell: 'sh' });
    await using watched = await open(`${rig().url}/#/sessions`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const rows = page.locator('.sessions tbody th');
    await page.getByRole('button', { name: 'End the session row-c' }).waitFor();
    const keys = await rows.allInnerTexts();
    const at = keys.indexOf('row-b');
    await page.getByRole('button', { name: 'End the session row-b' }).press('Enter');
    await page.getByRole('button', { name: 'End the session', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'End the session row-b' }).waitFor({ state: 'detached' });
    const row = await page.evaluate<string>(`document.activeElement.closest('tr')?.querySelector('th').textContent`);
    expect(row).toBe(keys[at + 1] ?? keys[at - 1] ?? '');
  });

  test('on a phone, back to the list is back to the row that was opened, wherever the list was scrolled to', async () => {
    const id = await rig().exec('echo the one that is looked at');
    for (let nth = 0; nth < 20; nth += 1) await rig().exec(`echo a later job, ${nth}`);
    await using watched = await open(`${rig().url}/#/jobs/${id}`, { viewport: { width: 390, height: 760 } });
    const { page } = watched;
    await watched.unlock(rig().key);
    const row = page.locator(`.rows a[href="#/jobs/${id}"]`);
    const back = async (): Promise<void> => {
      await page.getByRole('link', { name: 'Back to the list' }).click();
      await row.waitFor();
      expect(await page.evaluate<string>('document.activeElement.hash')).toBe(`#/jobs/${id}`);
      expect(await page.evaluate<boolean>(FOCUS_IN_SIGHT)).toBe(true);
    };
    await back();
    await row.click();
    await page.locator('.job').waitFor();
    await back();
  });

  test('a command that is run by its button leaves the focus there', async () => {
    await using watched = await open(rig().url);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByLabel('Command to run').fill('echo by the button');
    await page.getByRole('button', { name: 'Run', exact: true }).press('Enter');
    await page.getByRole('region', { name: 'Output' }).getByText('by the button').waitFor();
    expect(await focused(page)).toBe('button Run');
  });
});
