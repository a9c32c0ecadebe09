/** A server elsewhere that speaks acpremote's wire, mirrored; and how long turns take from here. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { World } from '../world.ts';
import { Editor, failureOf } from './editor.ts';
import type { Message } from './fake-agent.ts';
import { FakeDoor } from './fake-door.ts';

let world: World;
beforeAll(() => {
  world = World.empty();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('a server of acpremote', () => {
  test('is asked for its metadata beside its socket, by a bearer, and agents work in its folder', async () => {
    using door = new FakeDoor({ wire: 'acpremote', remoteCwd: 'C:\\work' });
    await using editor = new Editor(world, door.url);
    const sessionId = await editor.open();
    expect(await editor.prompt(sessionId, 'say hello')).toEqual({ stopReason: 'end_turn' });
    expect(door.requests.map(({ url }) => new URL(url).pathname)).toEqual(['/acp', '/acp/ws']);
    expect(door.received('session/new')).toMatchObject([{ params: { cwd: 'C:\\work' } }]);
    for (const { headers } of door.requests) {
      expect([...headers.keys()].filter((name) => name.startsWith('acp-'))).toEqual([]);
      expect(headers.get('sec-websocket-extensions')).toBeNull();
    }
    // That server would offer them to its agent.
    expect(door.received('initialize')).toMatchObject([
      { params: { clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false } } },
    ]);
    expect(await editor.leave()).toBe(0);
  });

  test('gets what the editor can do where the editor is to be the host', async () => {
    using door = new FakeDoor({ wire: 'acpremote' });
    await using editor = new Editor(world, door.url, { args: ['--host-ownership', 'client'] });
    await editor.initialize();
    expect(door.received('initialize')).toMatchObject([
      { params: { clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true } } },
    ]);
  });

  test('may have no metadata; a wrong key is refused all the same', async () => {
    using door = new FakeDoor({ wire: 'acpremote', noMetadata: true });
    await using editor = new Editor(world, door.url);
    await editor.open('/home/me/project');
    expect(door.received('session/new')).toMatchObject([{ params: { cwd: '/home/me/project' } }]);
    const { code, stderr } = await world.cli(['acp'], {
      env: { AGENT_SERVER_URL: door.url, AGENT_SERVER_KEY: 'wrong' },
      stdin: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}',
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'agent-server: the server does not accept this API key (given by AGENT_SERVER_KEY); name another with --key-file or --profile, or see npm start -- doctor\n',
    });
  });

  test('ends its agent with its socket: the sessions are loaded again in a new one, the turn is answered', async () => {
    using door = new FakeDoor({ wire: 'acpremote' });
    await using editor = new Editor(world, door.url);
    const sessionId = await editor.open();
    await editor.prompt(sessionId, 'say one two');
    const turn = editor.prompt(sessionId, 'wait');
    turn.catch(() => {});
    await editor.saw('waiting');
    door.breakLinks();
    expect(await failureOf(turn)).toContain('was lost');
    await editor.prompt(sessionId, 'say three');
    expect(editor.said(sessionId)).toBe('one two waiting three ');
    expect(door.opened).toBe(2);
  });

  test('may send 64 MiB in a frame', async () => {
    using door = new FakeDoor({ wire: 'acpremote' });
    await using editor = new Editor(world, door.url);
    await editor.initialize();
    const session = door.sessions.make();
    // As much as fits beside the rest of the message.
    const text = 'x'.repeat(64 * 1024 * 1024 - 200);
    door.sessions.histories
      .get(session)
      ?.push({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    await editor.ask('session/load', { sessionId: session, cwd: '/', mcpServers: [] });
    expect(editor.said(session).length).toBe(text.length);
  });
});

describe('latency', () => {
  const updatesOf = (editor: Editor): Message[] =>
    editor.transcript.flatMap(({ method, params }) => (method === undefined ? [] : [params as Message]));
  const latencyOf = (params: Message): unknown =>
    ((params['_meta'] as Message | undefined)?.['acpremote'] as Message | undefined)?.['transport_latency'];

  test('beside each update and request for permission of a turn', async () => {
    using door = new FakeDoor();
    await using editor = new Editor(world, door.url, { args: ['--latency', 'meta'] });
    const sessionId = await editor.open();
    await editor.prompt(sessionId, 'say one two');
    await editor.prompt(sessionId, 'ask');
    const told = updatesOf(editor).map((params) => latencyOf(params) as Record<string, number>);
    expect(told.map((latency) => latency['update_count'])).toEqual([1, 2, 1, 2]);
    for (const latency of told) {
      expect(Object.keys(latency)).toEqual(['elapsed_ms', 'first_update_ms', 'update_count']);
      expect(Object.values(latency).every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    }
    expect(told[1]?.['first_update_ms']).toBe(told[0]?.['elapsed_ms'] ?? Number.NaN);
    expect(updatesOf(editor)).toHaveLength(4);
  });

  test('as a tool call before the answer', async () => {
    using door = new FakeDoor();
    await using editor = new Editor(world, door.url, { args: ['--latency', 'card'] });
    const sessionId = await editor.open();
    await editor.prompt(sessionId, 'say one');
    expect(await failureOf(editor.prompt(sessionId, 'fail'))).toContain('it failed');
    const cards = updatesOf(editor).map(({ update }) => update as Message);
    expect(cards.map(({ sessionUpdate }) => sessionUpdate)).toEqual([
      'agent_message_chunk',
      'tool_call',
      'tool_call_update',
      'tool_call',
      'tool_call_update',
    ]);
    expect(updatesOf(editor).map(latencyOf)).toEqual(Array.from({ length: 5 }));
    const [, first, , second] = cards;
    expect(first).toMatchObject({
      toolCallId: `acpremote:latency:${sessionId}:1`,
      title: 'Transport Latency',
      kind: 'other',
      status: 'completed',
      rawOutput: { acpremote: { transport_latency: { update_count: 1 } } },
    });
    expect(JSON.stringify(first?.['content'])).toMatch(
      /First remote update: \d+ ms\\nTurn complete: \d+ ms\\nStreamed updates: 1"/,
    );
    expect(second).toMatchObject({
      toolCallId: `acpremote:latency:${sessionId}:2`,
      rawOutput: { acpremote: { transport_latency: { first_update_ms: null, update_count: 0 } } },
    });
    expect(JSON.stringify(second?.['content'])).toContain('First remote update: no streamed updates');
    const methods = editor.transcript.map(({ method, answered }) => method ?? answered);
    expect(methods.indexOf('session/prompt')).toBe(methods.indexOf('session/update') + 3);
  });

  test('both, or nothing unless it is asked for', async () => {
    using door = new FakeDoor();
    await using both = new Editor(world, door.url, { args: ['--latency', 'both'] });
    await both.prompt(await both.open(), 'say one');
    expect(updatesOf(both)).toHaveLength(3);
    expect(latencyOf(updatesOf(both)[0] ?? {})).toBeDefined();
    await using off = new Editor(world, door.url);
    await off.prompt(await off.open(), 'say one');
    expect(updatesOf(off)).toEqual([
      {
        sessionId: expect.any(String) as unknown,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'one ' } },
      },
    ]);
  });
});
