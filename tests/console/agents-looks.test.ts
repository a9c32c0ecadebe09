import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { AgentsServer } from './agents-server.ts';
import { inChromium } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';
import { OPTIONS, type PlayedSession } from './played-session.ts';

const rig = sharedRig(liveServer);

const LONG = 'a-very-long-word-'.repeat(30);
const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };

/** A conversation with something of everything. */
function fill(session: PlayedSession): void {
  session.takePrompt(LONG);
  session.say('thought', 'agent_thought_chunk');
  session.say(
    `# ${LONG}\n\n> quoted \`code\`\n\n| ${LONG} |\n|---|\n| 1 |\n\n\`\`\`sh\n${LONG}\n\`\`\`\n\n[${LONG}](https://x.example)`,
  );
  session.update('plan', {
    entries: [
      { content: LONG, status: 'completed' },
      { content: 'Now', status: 'in_progress' },
    ],
  });
  const content = [{ type: 'diff', path: LONG, oldText: `${LONG}\n`, newText: 'short\n' }];
  session.emit('terminal_run', { terminalId: 'x', command: LONG, args: [], cwd: LONG });
  session.emit('terminal_end', { terminalId: 'x', output: `\u001b[31m${LONG}`, truncated: true, exitCode: 1 });
  const locations = [{ path: LONG, line: 1 }];
  session.update('tool_call', {
    toolCallId: 't',
    title: LONG,
    kind: 'edit',
    status: 'failed',
    content,
    locations,
    rawInput: { a: 1 },
  });
  session.emit('stderr', { text: LONG });
  session.emit('file_read', { path: LONG });
  session.ask('p0', { title: 'First', kind: 'delete', content });
  session.emit('permission_answer', { id: 'p0', optionId: 'no', by: 'policy', reason: 'outside of the folder' });
  session.endTurn(1, 'max_tokens', { usage: { inputTokens: 1 } });
  session.takePrompt('again');
  session.endTurn(2, 'error', { error: LONG });
  session.takePrompt('once more');
  session.takePrompt('this one waits');
  session.ask('p1', { title: LONG, kind: 'edit', content }, [...OPTIONS, { optionId: 'x', name: LONG, kind: 'own' }]);
}

const choices = [{ value: 'a', name: LONG }];
const RECORD = {
  cwd: `/${LONG}`,
  title: LONG,
  usage: { used: 1200, size: 4000 },
  configOptions: [
    { id: 'mode', name: 'Mode', category: 'mode', type: 'select', currentValue: 'a', options: choices },
    { id: 'web', name: 'Web', type: 'boolean', currentValue: true },
  ],
};

inChromium('the console page: how a conversation looks', (open) => {
  test('on a phone nothing of it is wider than the screen', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session(RECORD);
    fill(session);
    await using watched = await open(`${server.url}/#/agents/${session.id}`, PHONE);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.permission.waiting').waitFor();
    const fold = `for (const one of document.querySelectorAll('.conversation details')) one.open = true`;
    await page.evaluate(fold);
    await page.locator('.tool-body .diff').first().waitFor();
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect({ width, out: await page.evaluate<string[]>(STICKING_OUT) }).toEqual({ width: 360, out: [] });
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.locator('.rows a').waitFor();
    expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
    await page.getByRole('button', { name: 'New session' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('in the %s scheme every text of it stands out', async (colorScheme) => {
    await using server = new AgentsServer(rig().url);
    const session = server.session(RECORD);
    fill(session);
    const failed = server.session({ title: 'Failed' });
    failed.change({ state: 'failed', error: 'the agent ended' });
    await using watched = await open(`${server.url}/#/agents/${session.id}`, { colorScheme });
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.permission.waiting').waitFor();
    await page.evaluate(`for (const one of document.querySelectorAll('.conversation details')) one.open = true`);
    await page.locator('.tool-body .printed').waitFor();
    expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    await page.evaluate(`location.hash = '#/agents/${failed.id}'`);
    await page.getByText('This session has failed. Resume it to go on.').waitFor();
    expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
  });
});
