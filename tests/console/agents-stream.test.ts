import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { AgentsServer } from './agents-server.ts';
import { inChromium } from './chromium.ts';
import { Cutter } from './cutter.ts';

const rig = sharedRig(liveServer);

/** Everything in it tries to be more than text. */
const HOSTILE = [
  '<img src=x onerror="alert(1)"><script>alert(2)</script><b>bold?</b>',
  '[script](javascript:alert(3)) [data](data:text/html,<script>alert(4)</script>) [page](https://fine.example/a?b=1&amp;c=2)',
  '![picture](http://evil.example/track.png)',
  '<a href="javascript:alert(5)">link</a> &lt;i&gt; &#60;u&#62;',
  '> '.repeat(5000) + 'deep',
].join('\n\n');

inChromium('the console page: what agents say', (open) => {
  test('Markdown is shown, and nothing in it is markup, a script, a foreign link or a request elsewhere', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.say(
      '# Heading\n\n- [x] done\n- `code` &amp; **bold**\n\n```js\nlet a = 1;\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n',
    );
    session.say(HOSTILE);
    session.emit('turn_end', { turn: 1, stopReason: 'refusal', error: '<b>no</b>' });
    // Here, and not only on the way to it.
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const said = page.getByRole('article', { name: 'Agent' });
    await said.getByText('<b>bold?</b>').waitFor();
    expect(await said.getByRole('heading', { name: 'Heading' }).count()).toBe(1);
    expect(await said.getByRole('checkbox', { name: 'Done' }).isChecked()).toBe(true);
    expect(await said.locator('pre').first().innerText()).toBe('let a = 1;');
    expect(await said.locator('td.align-right').innerText()).toBe('2');
    expect(await said.locator('img, script, b, i, u, iframe, [onerror]').count()).toBe(0);
    const links = await said
      .locator('a')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.getAttribute('rel')]));
    expect(links).toEqual([
      ['https://fine.example/a?b=1&c=2', 'noopener noreferrer'],
      ['http://evil.example/track.png', 'noopener noreferrer'],
    ]);
    await page.getByText('<b>no</b>').waitFor();
    await page.getByText('<i> <u>').waitFor();
  });

  test('a tool call is one row, and unfolds to its diff, its terminal and its input', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.takePrompt('Do it');
    // The update comes without the call having been announced.
    session.update('tool_call_update', {
      toolCallId: 't1',
      status: 'in_progress',
      title: 'Run the tests',
      kind: 'execute',
    });
    session.emit('terminal_run', { terminalId: 'x', command: 'npm', args: ['test', 'a b'], cwd: '/work/place' });
    session.update('tool_call_update', { toolCallId: 't1', content: [{ type: 'terminal', terminalId: 'x' }] });
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const tool = page.locator('.tool').filter({ hasText: 'Run the tests' });
    await tool.getByTitle('Running').waitFor();
    await tool.locator('summary').first().click();
    await tool.getByText("$ npm test 'a b'").waitFor();
    session.emit('terminal_end', {
      terminalId: 'x',
      output: 'ok\n\u001b[31m1 failed\u001b[0m\n',
      truncated: false,
      exitCode: 1,
    });
    const rawInput = { command: 'npm test' };
    session.update('tool_call_update', {
      toolCallId: 't1',
      status: 'failed',
      rawInput,
      locations: [{ path: '/a.ts', line: 3 }],
    });
    await tool.getByText('Exit code 1').waitFor();
    await tool.getByText('1 failed').waitFor();
    await tool.getByTitle('Failed').waitFor();
    expect(await tool.getByRole('list', { name: 'Files' }).innerText()).toBe('/a.ts:3');
    await tool.getByText('Input', { exact: true }).click();
    await tool.getByText('"command": "npm test"').waitFor();
    // The terminal is in the call, and not once more beside it.
    expect(await page.locator('.tool:visible').count()).toBe(1);
    session.update('tool_call', { toolCallId: 't2', title: 'Think', kind: 'think', status: 'in_progress' });
    session.endTurn(1, 'cancelled');
    await page.locator('.tool').filter({ hasText: 'Think' }).getByTitle('Not finished').waitFor();
  });

  test('thoughts are folded, plans are lists, and what went wrong beside is there', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.takePrompt('Plan');
    for (const word of ['Let me ', 'think']) session.say(word, 'agent_thought_chunk');
    session.update('plan', { entries: [{ content: 'Look', status: 'in_progress', priority: 'high' }] });
    session.say('Half a ');
    session.emit('stderr', { text: 'a warning of the agent' });
    session.say('sentence.');
    session.update('plan', {
      entries: [
        { content: 'Look', status: 'completed' },
        { content: 'Act', status: 'pending' },
      ],
    });
    session.endTurn(1, 'end_turn', { usage: { inputTokens: 12_345, outputTokens: 67 } });
    session.change({ state: 'failed', error: 'the agent ended with exit code 3' });
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const thoughts = page.getByRole('article', { name: 'Thoughts' });
    await thoughts.waitFor();
    expect(await thoughts.getByText('Let me think').isVisible()).toBe(false);
    await thoughts.getByText('Thoughts').click();
    await thoughts.getByText('Let me think').waitFor();
    const plan = page.getByRole('region', { name: 'Plan' });
    expect(await plan.innerText()).toMatch(/1 of 2\s+Done\s+Look\s+To do\s+Act/);
    await page.getByText('Half a sentence.').waitFor();
    await page.getByText('12.3k in, 67 out tokens').waitFor();
    await page.getByText('Standard error of the agent').click();
    await page.getByText('a warning of the agent').waitFor();
    await page.getByRole('status').getByText('The agent ended with exit code 3.').waitFor();
    await page.getByText('This session has failed. Resume it to go on.').waitFor();
  });

  test('10,000 chunks are one answer, and the page stays at hand while they come', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.takePrompt('Much');
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('article', { name: 'You' }).waitFor();
    await page.evaluate('window.first = undefined');
    session.say('The first paragraph.\n\n');
    await page.getByText('The first paragraph.').waitFor();
    await page.evaluate(`window.first = document.querySelector('.message.agent p')`);
    for (let chunk = 1; chunk <= 10_000; chunk += 1)
      session.say(chunk % 20 === 0 ? `word ${chunk}\n\n` : `word ${chunk} `);
    await page.getByLabel('Prompt', { exact: true }).pressSequentially('typed meanwhile');
    session.say('The very end.');
    session.endTurn(1);
    await page.getByText('The very end.').waitFor();
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('typed meanwhile');
    const words = (await page.getByRole('article', { name: 'Agent' }).allInnerTexts()).join(' ').match(/word \d+/g);
    expect([...(words ?? [])]).toEqual(Array.from({ length: 10_000 }, (_, index) => `word ${index + 1}`));
    // What was drawn once was not drawn again.
    expect(await page.evaluate(`window.first === document.querySelector('.message.agent p')`)).toBe(true);
  });

  test('over a network that breaks nothing is lost and nothing comes twice', async () => {
    await using server = new AgentsServer(rig().url);
    await using cutter = await Cutter.before(server.port);
    const session = server.session();
    session.takePrompt('Go');
    await using watched = await open(`${cutter.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    let line = 0;
    const sayLines = (): void => {
      for (const to = line + 25; line < to;) session.say(`line ${(line += 1)}\n\n`);
    };
    for (let round = 0; round < 3; round += 1) {
      sayLines();
      await page.getByText(`line ${line}`, { exact: true }).waitFor();
      cutter.cut();
      await waitFor('the page to be cut off', () => session.streams === 0);
      // While nobody listens.
      sayLines();
      await page.getByText(`line ${line}`, { exact: true }).waitFor();
    }
    session.endTurn(1);
    await page.locator('.session-badge').getByText('Idle').waitFor();
    const lines = await page.locator('.message.agent p').allInnerTexts();
    expect(lines).toEqual(Array.from({ length: 150 }, (_, index) => `line ${index + 1}`));
  });

  test('of a very long log the end is there at once, what is earlier on demand, and the page does not grow without end', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    const turns = 1500;
    const talk = (turn: number): void => {
      session.emit('prompt', { turn, content: [{ type: 'text', text: `question ${turn}` }] });
      session.say(`answer ${turn}`);
      session.emit('turn_end', { turn, stopReason: 'end_turn' });
    };
    for (let turn = 1; turn <= turns; turn += 1) talk(turn);
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText(`answer ${turns}`, { exact: true }).waitFor();
    const entries = page.locator('.entries > *');
    expect(await entries.count()).toBeLessThanOrEqual(500);
    const conversation = page.getByRole('region', { name: 'Conversation' });
    const first = async (): Promise<number> =>
      Number((await page.getByRole('article', { name: 'You' }).first().innerText()).replace(/\D/g, ''));
    const before = await first();
    await conversation.evaluate((region) => region.scrollTo(0, 0));
    const earlier = page.getByRole('button', { name: 'Show earlier events' });
    for (let more = before; more > 1;) {
      await earlier.click();
      const last = more;
      more = await waitFor('earlier questions', async () => (await first()) < last && first());
    }
    expect(await earlier.isVisible()).toBe(false);
    const asked = await page.getByRole('article', { name: 'You' }).allInnerTexts();
    expect(asked).toEqual(Array.from({ length: turns }, (_, index) => `question ${index + 1}`));
    // Back at the end, the page keeps only what is near it.
    await conversation.press('End');
    await page.getByRole('button', { name: 'To the end' }).waitFor({ state: 'hidden' });
    talk(turns + 1);
    await page.getByText(`answer ${turns + 1}`, { exact: true }).waitFor();
    expect(await entries.count()).toBeLessThanOrEqual(500);
  });
});
