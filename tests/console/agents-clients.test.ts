import { expect, test } from 'bun:test';
import type { AgentClient } from '../../src/protocol/agents.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { AgentsServer } from './agents-server.ts';
import { inChromium } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';
import type { PlayedSession } from './played-session.ts';

const rig = sharedRig(liveServer);

const SIZES = {
  phone: { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true },
  desk: { viewport: { width: 1280, height: 800 } },
};
const EDITOR: AgentClient = {
  connection: 'a1b2c3',
  client: { name: 'zed', title: 'Zed', version: '1.2.0' },
  door: 'websocket',
  since: Date.now() / 1000 - 150,
};
const HOSTILE: AgentClient = {
  connection: 'd4e5f6',
  client: { name: `<img src=x onerror=alert(1)>\u202e${'x'.repeat(5000)}`, version: { not: 'a text' } },
  door: 'acpremote',
  since: Date.now() / 1000 - 7200,
};
const SILENT: AgentClient = { connection: '010203', client: null, door: 'http', since: Date.now() / 1000 };

/** A client attaches, or detaches, as the server tells of it. */
function attach(session: PlayedSession, event: 'attached' | 'detached', client: AgentClient, now: AgentClient[]): void {
  session.change({ attached: now });
  session.emit(event, { connection: client.connection, client: client.client, door: client.door });
}

inChromium('the console page: clients that are attached to a session', (open) => {
  test('who attaches and detaches is shown, counted in the list, and not told in the conversation', async () => {
    await using server = new AgentsServer(rig().url);
    const session = server.session();
    session.takePrompt('Hello');
    session.say('Hi');
    await using watched = await open(`${server.url}/#/agents/${session.id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const conversation = page.getByRole('region', { name: 'Conversation' });
    await conversation.getByText('Hi', { exact: true }).waitFor();
    const summary = page.locator('.attached-clients summary');
    expect(await summary.isVisible()).toBe(false);
    attach(session, 'attached', EDITOR, [EDITOR]);
    await summary.getByText('1 client', { exact: true }).waitFor();
    expect(await summary.innerText()).toBe('1 client Zed');
    await page.locator('.rows').getByText('1 client', { exact: true }).waitFor();
    attach(session, 'attached', SILENT, [EDITOR, SILENT]);
    await summary.getByText('2 clients', { exact: true }).waitFor();
    expect(await summary.innerText()).toBe('2 clients Zed, Unnamed client');
    await summary.focus();
    await page.keyboard.press('Enter');
    const items = page.getByRole('list', { name: 'Attached clients' }).getByRole('listitem');
    expect((await items.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'Zed 1.2.0 over WebSocket, attached 2 min ago',
      expect.stringMatching(/^Unnamed client over HTTP, attached /),
    ]);
    // What another client asks is shown like what this page asks.
    session.endTurn(1);
    session.takePrompt('Asked in Zed');
    await conversation.getByRole('article', { name: 'You' }).getByText('Asked in Zed').waitFor();
    attach(session, 'detached', SILENT, [EDITOR]);
    await summary.getByText('1 client', { exact: true }).waitFor();
    // The list stays open, and the focus where it was.
    expect(await items.count()).toBe(1);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
    attach(session, 'detached', EDITOR, []);
    await summary.waitFor({ state: 'hidden' });
    expect(await conversation.locator('.note').count()).toBe(0);
  });

  for (const [size, options] of Object.entries(SIZES))
    test.each(['light', 'dark'] as const)(`on a ${size}, %s, any name fits and is text`, async (colorScheme) => {
      await using server = new AgentsServer(rig().url);
      const session = server.session({ title: 'Fix the tests', attached: [EDITOR, HOSTILE, SILENT] });
      await using watched = await open(`${server.url}/#/agents/${session.id}`, { ...options, colorScheme });
      const { page } = watched;
      await watched.unlock(rig().key);
      const summary = page.locator('.attached-clients summary');
      await summary.waitFor();
      expect((await summary.boundingBox())?.height).toBeLessThan(50);
      await summary.click();
      const hostile = page.getByRole('listitem').filter({ hasText: '<img src=x' });
      const name = await hostile.locator('bdi').innerText();
      expect(name).toBe(`<img src=x onerror=alert(1)>\ufffd${'x'.repeat(31)}…`);
      expect(await page.locator('.attached-clients img').count()).toBe(0);
      expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
      await page.evaluate(`location.hash = '#/agents'`);
      await page.locator('.rows').getByText('3 clients', { exact: true }).waitFor();
      expect(await page.evaluate<string[]>(STICKING_OUT)).toEqual([]);
      expect(await page.evaluate<string[]>(FAINT)).toEqual([]);
    });
});
