import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { AgentsServer } from './agents-server.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);

inChromium('the console page: sessions with agents', (open) => {
  test('a session is opened, prompted, and answers; the list knows of it', async () => {
    await using server = new AgentsServer(rig().url);
    server.known = [
      { id: 'absent', name: 'Absent', command: 'absent --acp', installed: false, homepage: 'https://absent.example' },
      { id: 'played', name: 'Played', command: 'played --acp', installed: true, version: '1.2' },
    ];
    await using watched = await open(`${server.url}/#/agents`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('No agent sessions').waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.locator('option', { hasText: 'Played 1.2' }).waitFor({ state: 'attached' });
    expect(await dialog.getByRole('combobox', { name: 'Agent', exact: true }).inputValue()).toBe('played');
    await dialog.getByRole('combobox', { name: 'Agent', exact: true }).selectOption('absent');
    await dialog.getByText('Absent is not installed').waitFor();
    await dialog.getByRole('combobox', { name: 'Agent', exact: true }).selectOption('played');
    await dialog.getByRole('textbox', { name: 'Folder' }).fill('/srv/project');
    await page.keyboard.press('Enter');
    const prompt = page.getByLabel('Prompt', { exact: true });
    await prompt.waitFor();
    expect(server.asked[0]?.body).toEqual({ agent: 'played', cwd: '/srv/project', policy: 'ask' });
    await prompt.fill('Count to three');
    await prompt.press('Enter');
    const session = [...server.sessions.values()][0];
    if (session === undefined) throw new Error('there is no session');
    const conversation = page.getByRole('region', { name: 'Conversation' });
    await conversation.getByRole('article', { name: 'You' }).getByText('Count to three').waitFor();
    await page.locator('.session-badge').getByText('Running').waitFor();
    for (const word of ['one ', '**two** ', 'three']) session.say(word);
    session.endTurn(1);
    await conversation.getByRole('article', { name: 'Agent' }).getByText('three').waitFor();
    expect(await conversation.locator('strong').innerText()).toBe('two');
    await page.locator('.session-badge').getByText('Idle').waitFor();
    expect(await prompt.inputValue()).toBe('');
    expect(await page.locator('.rows a[aria-current] .facts').innerText()).toBe('played-agent · project');
  });

  test('permissions are asked for wherever the user is, answered by a button, and what was decided stays', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.takePrompt('Change it');
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.session-badge').getByText('Running').waitFor();
    const content = [{ type: 'diff', path: '/work/place/a.txt', oldText: 'one\ntwo\n', newText: 'one\n2\n' }];
    session.ask('p1', { toolCallId: 't1', title: 'Write a.txt', kind: 'edit', content });
    await page
      .getByRole('link', { name: /Agents/ })
      .getByTitle('1 permission request is waiting')
      .waitFor();
    await page.locator('.rows').getByText('asks', { exact: true }).waitFor();
    const request = page.getByRole('region', { name: 'Permission: Write a.txt' });
    expect(await request.locator('.diff-line').allInnerTexts()).toEqual(['  one', '- two', '+ 2']);
    await page.getByRole('button', { name: 'A permission request is waiting' }).click();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Allow');
    await page.keyboard.press('Enter');
    await request.getByText('Allowed: Allow').waitFor();
    await request.getByText('(by a person)').waitFor();
    expect(server.asked.at(-1)).toMatchObject({ path: `/${session.id}/permissions/p1`, body: { optionId: 'yes' } });
    // The button is gone, and the focus did not fall to the page.
    expect(await page.evaluate('document.activeElement.name')).toBe('prompt');
    await request.getByRole('button').first().waitFor({ state: 'detached' });
  });

  test('prompts that wait are shown as waiting, cancel ends the turn, and says so', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const prompt = page.getByLabel('Prompt', { exact: true });
    await prompt.fill('first');
    await prompt.press('Shift+Enter');
    await prompt.pressSequentially('of two lines');
    await prompt.press('Enter');
    const conversation = page.getByRole('region', { name: 'Conversation' });
    await conversation.getByText('first\nof two lines').waitFor();
    await prompt.fill('second');
    await prompt.press('Enter');
    const waiting = page.getByRole('list', { name: 'Waiting prompts' });
    await waiting.getByText('second').waitFor();
    expect(await conversation.getByRole('article', { name: 'You' }).count()).toBe(1);
    session.say('the answer to the first');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await waitFor('the page to cancel', () => server.asked.some(({ path }) => path.endsWith('/cancel')));
    session.endTurn(1, 'cancelled');
    await conversation.getByText('Cancelled').waitFor();
    await waiting.waitFor({ state: 'hidden' });
    const said = await conversation.locator('article, .turn-end').allInnerTexts();
    expect(said).toEqual(['first\nof two lines', 'the answer to the first', 'Cancelled', 'second']);
  });

  test('mode, model and other options are chosen, however the agent tells of them', async () => {
    await using server = new AgentsServer(rig().url);
    const choices = [
      { value: 'small', name: 'Small' },
      { value: 'large', name: 'Large' },
    ];
    const session = server.session({
      modes: {
        currentModeId: 'code',
        availableModes: [
          { id: 'code', name: 'Code' },
          { id: 'plan', name: 'Plan' },
        ],
      },
      configOptions: [
        { id: 'web', name: 'Web', type: 'boolean', currentValue: false },
        { id: 'm', name: 'Model', category: 'model', type: 'select', currentValue: 'small', options: choices },
      ],
    });
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const chooser = (name: string) => page.getByRole('combobox', { name, exact: true });
    await chooser('Mode').selectOption('plan');
    await chooser('Model').selectOption('large');
    await page.getByLabel('Web').check();
    await waitFor('three requests', () => server.asked.length === 3);
    expect(server.asked.map(({ path, body }) => [path.split('/').at(-1), body])).toEqual([
      ['mode', { modeId: 'plan' }],
      ['config', { configId: 'm', value: 'large' }],
      ['config', { configId: 'web', value: true }],
    ]);
    await waitFor('the mode that the agent kept', async () => (await chooser('Mode').inputValue()) === 'code');
    expect(await chooser('Model').inputValue()).toBe('large');
    expect(await page.getByLabel('Web').isChecked()).toBe(true);
  });

  test('a session is closed, resumed, closed again and removed', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session({ title: 'Much talk' });
    session.say('still here');
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('This session is closed. Resume it to go on.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByLabel('Prompt', { exact: true }).waitFor();
    expect(server.asked.at(-1)?.body).toMatchObject({ resume: session.id, cwd: '/work/place', policy: 'ask' });
    session.say('and on it goes');
    await page.getByText('and on it goes').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Remove this session' }).click();
    await page.getByRole('dialog', { name: 'Remove “Much talk”?' }).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No agent sessions').waitFor();
    expect(server.sessions.size).toBe(0);
  });
});
