/** Real agents behind each door, offline against a scripted model: a tool call that asks, a cancel, a load when their process is gone. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Editor } from '../../cli/acp/editor.ts';
import type { Message } from '../../cli/acp/fake-agent.ts';
import { World } from '../../cli/world.ts';
import { FakeModel } from '../../support/agents/model/fake-model.ts';
import { REAL_AGENTS, RealAgents } from '../../support/agents/real-agents.ts';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { useDoor } from '../../http/acp/sdk-client.ts';
import { Client, recordOf } from './world.ts';

setDefaultTimeout(90_000);

const agents = await RealAgents.installed();

describe.skipIf(agents === undefined).each(REAL_AGENTS)('the real agent %s', (name) => {
  const model = FakeModel.start();
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(liveServer, {
      flags: { 'acp-agent': 'real', 'agent-grace': '1' },
      prepare(home) {
        if (agents === undefined) return;
        const { argv, env } = agents.agent(name, model, join(home, name));
        const config = { agents: { real: { command: argv, env } } };
        writeFileSync(join(home, '..', 'data', 'config.json'), JSON.stringify(config), { mode: 0o600 });
      },
    });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  test.each(['http', 'socket'] as const)(
    'the SDK’s client, over %s: a shell command that asks first',
    async (transport) => {
      const url = `${transport === 'http' ? rig.url : rig.url.replace('http', 'ws')}/acp`;
      const seen = await useDoor(
        transport,
        url,
        { 'X-API-Key': rig.key },
        { cwd: rig.place.cwd, prompts: [`[[shell echo by-${transport} > ${transport}.txt]]`, '[[say the word]]'] },
      );
      expect(seen).toMatchObject({ asked: 1, loadSession: true, stopReasons: ['end_turn', 'end_turn'] });
      expect(seen.updates.join('')).toContain('the word');
      expect(readFileSync(join(rig.place.cwd, `${transport}.txt`), 'utf8')).toBe(`by-${transport}\n`);
    },
  );

  test('the agent of an editor: a command that asks, and the same session by another editor', async () => {
    await using world = World.empty();
    const answers = (_method: string, params: Message) => {
      const [option] = params['options'] as { optionId: string }[];
      return { outcome: { outcome: 'selected', optionId: option?.optionId } };
    };
    const options = { env: { AGENT_SERVER_KEY: rig.key }, args: ['--map', '='], answers };
    let sessionId: string;
    {
      await using editor = new Editor(world, rig.url, options);
      sessionId = await editor.open(rig.place.cwd);
      const answer = await editor.prompt(sessionId, '[[shell echo by-editor > editor.txt]]');
      expect(answer).toMatchObject({ stopReason: 'end_turn' });
      await editor.prompt(sessionId, '[[say the first word]]');
      expect(editor.said(sessionId)).toContain('the first word');
      expect(await editor.leave()).toBe(0);
    }
    expect(readFileSync(join(rig.place.cwd, 'editor.txt'), 'utf8')).toBe('by-editor\n');
    await using later = new Editor(world, rig.url, options);
    await later.initialize();
    await later.ask('session/load', { sessionId, cwd: rig.place.cwd, mcpServers: [] });
    expect(later.said(sessionId)).toContain('the first word');
    await later.prompt(sessionId, '[[say the second]]');
    expect(later.said(sessionId)).toContain('the second');
  });

  test('acpremote’s wire: a command that asks, a cancel, a load when the process is gone', async () => {
    using client = await Client.open(rig, { path: '/acp/ws' });
    const sessionId = await client.newSession();
    const asks = client.startPrompt(sessionId, '[[shell echo by-wire > wire.txt]]');
    const { id, params } = await client.asked('session/request_permission');
    const [option] = (params as { options: { optionId: string }[] }).options;
    client.send({ id, result: { outcome: { outcome: 'selected', optionId: option?.optionId } } });
    expect(await client.answer(asks)).toMatchObject({ result: { stopReason: 'end_turn' } });
    expect(readFileSync(join(rig.place.cwd, 'wire.txt'), 'utf8')).toBe('by-wire\n');

    const before = client.said().length;
    const slow = client.startPrompt(sessionId, '[[slow 60]]');
    await rig.waitFor('its first words', () => client.said().length > before);
    client.send({ method: 'session/cancel', params: { sessionId } });
    expect(await client.answer(slow)).toMatchObject({ result: { stopReason: 'cancelled' } });

    await client.prompt(sessionId, '[[say remember this]]');
    const { pid } = await recordOf(rig, sessionId);
    process.kill(pid ?? 0, 'SIGKILL');
    expect(await client.socket.closed).toMatchObject({ code: 1011 });
    using later = await Client.open(rig, { path: '/acp/ws' });
    expect(await later.load(sessionId)).toMatchObject({ result: {} });
    expect(later.said().join('')).toContain('remember this');
    await later.prompt(sessionId, '[[say and on]]');
    await later.has('and on');
  });
});
