/** Once more with nothing played but the model: a real server, and an agent that does what its prompt says. */
import { expect, test } from 'bun:test';
import type { Locator, Page } from 'playwright-core';
import { Client } from '../../src/client/client.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { scriptedAgentLine } from '../support/agents/scripted.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);
const client = (): Client => new Client({ url: rig().url, key: rig().key });

/** The dialog of a new session, with a command line to be typed. */
async function newSession(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'New session' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Agent', exact: true }).selectOption('A command line…');
  return dialog;
}

inChromium('the console page: a real session with an agent', (open) => {
  test('opened, prompted, asked, answered, cancelled, closed, resumed and removed', async () => {
    await using watched = await open(`${rig().url}/#/agents`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const dialog = await newSession(page);
    await dialog.getByRole('textbox', { name: 'Command line' }).fill(scriptedAgentLine('--models', '--modes'));
    await dialog.getByRole('button', { name: 'Open' }).click();
    await page.locator('.session-badge').getByText('Idle').waitFor();

    const prompt = page.getByLabel('Prompt', { exact: true });
    const ask = async (text: string): Promise<void> => {
      await prompt.fill(text);
      await prompt.press('Enter');
    };
    await ask(
      '[[think Hm]][[plan]][[tool t1|edit|Edit the notes]][[terminal echo printed]][[say **Well** done]][[usage]]',
    );
    const conversation = page.getByRole('region', { name: 'Conversation' });
    await conversation.locator('strong').getByText('Well').waitFor();
    await conversation.getByRole('region', { name: 'Plan' }).getByText('Change it').waitFor();
    await conversation.locator('.tool').filter({ hasText: 'Edit the notes' }).getByTitle('Completed').waitFor();
    await conversation.locator('.tool').filter({ hasText: 'Edit the notes' }).locator('summary').first().click();
    await conversation.locator('.diff-line.added').getByText('three').waitFor();
    await conversation
      .locator('.tool')
      .locator('visible=true')
      .filter({ hasText: 'echo printed' })
      .locator('summary')
      .first()
      .click();
    await conversation.locator('.printed').getByText('printed').waitFor();
    await conversation
      .locator('.turn-end')
      .getByText(/tokens/)
      .waitFor();

    await ask('[[permission execute|-|make install|Install it]]');
    const request = conversation.getByRole('region', { name: 'Permission: Install it' });
    await page
      .getByRole('link', { name: /Agents/ })
      .getByTitle('1 permission request is waiting')
      .waitFor();
    await request.getByRole('button').first().click();
    await request.getByText('(by a person)').waitFor();
    await conversation.getByText(/permission: selected/).waitFor();

    const model = page.getByRole('combobox', { name: 'Model', exact: true });
    const other = await model
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('value')).at(-1));
    await model.selectOption(other ?? '');
    await waitFor('the record to have the model', async () => {
      const [record] = await client().agents.list();
      return JSON.stringify(record?.configOptions).includes(`"currentValue":"${other}"`);
    });

    await ask('[[slow 60]]');
    await conversation.getByText('tick 0').waitFor();
    await ask('while it runs');
    await page.getByRole('list', { name: 'Waiting prompts' }).getByText('while it runs').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.session-badge').getByText('Idle').waitFor();
    expect(await conversation.getByText('Cancelled', { exact: true }).count()).toBe(2);
    await page.getByRole('list', { name: 'Waiting prompts' }).waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('This session is closed. Resume it to go on.').waitFor();
    await page.reload();
    await conversation.locator('strong').getByText('Well').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.session-badge').getByText('Idle').waitFor();
    await ask('still there?');
    await conversation.getByText('echo: still there?').waitFor();
    // While a turn runs, closing asks first.
    await page.locator('.session-badge').getByText('Idle').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Remove this session' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No agent sessions').waitFor();
    expect(await client().agents.list()).toEqual([]);
  });

  test('an agent that is not there says so, and where it was looked for', async () => {
    await using watched = await open(`${rig().url}/#/agents`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const dialog = await newSession(page);
    await dialog.getByRole('textbox', { name: 'Command line' }).fill('no-such-agent --acp');
    await dialog.getByRole('button', { name: 'Open' }).click();
    await page.locator('.session-badge').getByText('Failed').waitFor();
    await page
      .getByRole('status')
      .getByText(/no-such-agent/)
      .waitFor();
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
  });

  test('what is missing, and what the server refuses, is said in the dialog, which stays', async () => {
    await using watched = await open(`${rig().url}/#/agents`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
    const dialog = await newSession(page);
    await dialog.getByRole('button', { name: 'Open' }).click();
    const problem = dialog.getByRole('alert');
    await problem.getByText('Type the command line of an agent.').waitFor();
    await dialog.getByRole('textbox', { name: 'Command line' }).fill(scriptedAgentLine());
    await dialog.getByRole('textbox', { name: 'Folder' }).fill('/not/there');
    await dialog.getByRole('button', { name: 'Open' }).click();
    await problem.getByText(/\/not\/there/).waitFor();
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(rig().place.cwd);
    await dialog.getByRole('button', { name: 'Open' }).click();
    await page.locator('.session-badge').getByText('Idle').waitFor();
    expect(await dialog.count()).toBe(0);
    // The one that was refused, and the one that was not.
    expect(sent).toHaveLength(2);
  });
});
