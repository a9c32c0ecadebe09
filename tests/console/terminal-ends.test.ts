/** What the page shows of a terminal that has ended, is gone with its server, or is only watched. */
import { expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { liveServer } from '../support/doors.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { openTerminal } from './terminal-page.ts';

const rig = sharedRig(liveServer, { env: { PS1: '> ' } });
const terminal = (fields: Readonly<Record<string, unknown>> = {}): Promise<TerminalResource> =>
  rig().post<TerminalResource>('/terminals', { shell: 'sh', ...fields });

inChromium('the console page: the end of a terminal', (open) => {
  test('one that has ended takes nothing, and can be started again by keyboard', async () => {
    const { id } = await terminal({ name: 'again' });
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    const bar = page.locator('.terminal-bar');
    expect(await bar.getByRole('button', { name: 'Start again' }).isVisible()).toBe(false);
    await shown.type('exit 3\n');
    await bar.getByText('Exited with 3').waitFor();
    expect(await bar.getByRole('button', { name: 'Only watch' }).isVisible()).toBe(false);
    expect(await bar.getByText('leaves').isVisible()).toBe(false);
    // What is typed leads to the button, and Enter presses it.
    await shown.type('x');
    await page.keyboard.press('Enter');
    await bar.getByText('Live').waitFor();
    await shown.type('echo new-$((6 * 7))\n');
    await shown.shows(/^new-42/m);
    const list = await rig().get<TerminalResource[]>('/terminals');
    expect(list.filter(({ name }) => name === 'again')).toMatchObject([{ status: 'running' }]);
    expect((await rig().ask(`/terminals/${id}`)).status).toBe(404);
  });

  test('who only watches is told that typing is not sent', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await page.getByRole('button', { name: 'Only watch' }).click();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await page.locator('.xterm').click();
    await page.keyboard.press('Control');
    expect(await page.getByText('Watching only').count()).toBe(0);
    await shown.type('l');
    await page.getByText('Watching only').waitFor();
    await page.getByRole('button', { name: 'Only watch' }).click();
    await page.getByText('Watching only').waitFor({ state: 'hidden' });
  });

  test('the name that its user has given stays, in the page and in the title of the tab', async () => {
    const { id } = await terminal({ name: 'build' });
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await shown.type(`printf '\\033]2;make all\\007'\n`);
    await page.locator('.terminal-title').getByText('make all').waitFor();
    expect(await page.locator('.terminal-title').innerText()).toMatch(/^build\s*make all$/);
    expect(await page.title()).toBe('build · agent-server');
    const { id: unnamed } = await terminal();
    await page.goto(`${rig().url}/#/terminals/${unnamed}`);
    await waitFor('its shell in the tab', async () => (await page.title()) === 'sh · agent-server');
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await shown.type(`printf '\\033]2;make all\\007'\n`);
    await waitFor('its own title in the tab', async () => (await page.title()) === 'make all · agent-server');
    await page.goto(`${rig().url}/#/terminals`);
    await waitFor('the title of the view', async () => (await page.title()) === 'Terminals · agent-server');
  });

  test('the last screen of one that is gone with its server stays, and it can be started again', async () => {
    const { id } = await terminal({ name: 'survivor' });
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await shown.type('echo last words\n');
    await shown.shows(/^last words/m);
    await rig().restart({ port: String(rig().port) });
    await page.locator('.terminal-bar').getByText('Gone').waitFor();
    await page.getByText('What it last showed stays here').waitFor();
    await shown.shows(/^last words/m);
    expect(await page.locator('.spoken').innerText()).toBe('This terminal is gone');
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    expect(await rig().get<TerminalResource[]>('/terminals')).toMatchObject([{ name: 'survivor', status: 'running' }]);
  });

  test('one that was never there says so', async () => {
    await using watched = await open(`${rig().url}/#/terminals/000000000000`);
    await watched.unlock(rig().key);
    await watched.page.getByText('This terminal is gone').first().waitFor();
    await watched.page.getByRole('link', { name: 'Show the others' }).waitFor();
  });
});
