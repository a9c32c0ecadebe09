/** `agent-server acp` as an editor sees it: an agent like any other, wherever it runs. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { resolve } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { World, jsonLines } from '../world.ts';
import { Editor, failureOf } from './editor.ts';
import { FakeDoor, KEY } from './fake-door.ts';

let world: World;
beforeAll(() => {
  world = World.empty();
});
afterAll(() => world[Symbol.asyncDispose]());

const envOf = (door: FakeDoor) => ({ AGENT_SERVER_URL: door.url, AGENT_SERVER_KEY: KEY });

const executable = process.env['AGENT_SERVER_TEST_EXE'];
if (executable === undefined)
  process.stdout.write(
    'acp of the executable: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n',
  );

test.each([
  ['from source', undefined],
  ...(executable === undefined ? [] : [['of the executable', [resolve(executable)]] as const]),
])(
  'a conversation (%s) passes as it is: updates before the answer, a permission, ids that come back exact',
  async (_, program) => {
    using door = new FakeDoor();
    await using editor = new Editor(world, door.url, { program });
    expect(await editor.initialize()).toEqual({
      protocolVersion: 1,
      agentCapabilities: { loadSession: true },
      authMethods: [],
    });
    const sessionId = String((await editor.ask('session/new', { cwd: '/home/me', mcpServers: [] }))['sessionId']);
    expect(await editor.prompt(sessionId, 'say Hello world')).toEqual({ stopReason: 'end_turn' });
    expect(await editor.prompt(sessionId, 'ask')).toEqual({ stopReason: 'end_turn' });
    expect(editor.said(sessionId)).toBe('Hello world {"outcome":"selected","optionId":"yes"} ');
    // The order in which an editor draws it.
    expect(editor.transcript.map(({ method, answered }) => method ?? `answer to ${String(answered)}`)).toEqual([
      'answer to initialize',
      'answer to session/new',
      'session/update',
      'session/update',
      'answer to session/prompt',
      'session/request_permission',
      'session/update',
      'answer to session/prompt',
    ]);
    // The agent's own id, 0, is what its answer has.
    expect(door.received(undefined)).toMatchObject([{ id: 0, result: { outcome: { optionId: 'yes' } } }]);
    expect(await editor.leave()).toBe(0);
    expect(editor.stderr).toBe('');
    // It has said that it wants no more of the connection; the session stays.
    await waitFor('the end of the connection', () => door.connections === 0);
    expect(door.sessions.histories.has(sessionId)).toBe(true);
  },
);

test('a cancel ends the turn, and methods that nobody knows pass', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const sessionId = await editor.open();
  const turn = editor.prompt(sessionId, 'wait');
  await editor.saw('waiting');
  editor.tell('session/cancel', { sessionId });
  expect(await turn).toEqual({ stopReason: 'cancelled' });
  expect(await editor.ask('_acme/count', { n: 1 })).toEqual({ method: '_acme/count', params: { n: 1 } });
});

describe('standard input', () => {
  test('that is no JSON is answered and goes no further; its end lets out what is queued', async () => {
    using door = new FakeDoor();
    const initialize = { jsonrpc: '2.0', id: 'first', method: 'initialize', params: { protocolVersion: 1 } };
    const lines = [
      '{"id": 1',
      '',
      '[1]',
      '"hello"',
      JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'session/new', params: {} }),
      JSON.stringify(initialize),
      JSON.stringify({ jsonrpc: '2.0', method: '_acme/last', params: { text: 'x'.repeat(3_000_000) } }),
    ];
    const done = await world.cli(['acp'], { env: envOf(door), stdin: lines.join('\r\n') });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const answers = jsonLines(done.stdout);
    expect(answers.slice(0, 4)).toMatchObject([
      { id: null, error: { code: -32_700 } },
      { id: null, error: { code: -32_600 } },
      { id: null, error: { code: -32_600 } },
      { id: 0, error: { code: -32_600, message: 'the first request is initialize' } },
    ]);
    expect(door.messages.map(({ method }) => method)).toEqual(['initialize', '_acme/last']);
    expect(door.messages[0]).toEqual(initialize);
  });

  test('that is empty ends it, without a connection', async () => {
    using door = new FakeDoor();
    expect(await world.cli(['acp'], { env: envOf(door), stdin: '' })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(door.opened).toBe(0);
  });

  test('with a message that is larger than the door takes: that request fails, the others do not', async () => {
    using door = new FakeDoor({ maxSize: 1000 });
    await using editor = new Editor(world, door.url);
    const sessionId = await editor.open();
    expect(await failureOf(editor.prompt(sessionId, 'x'.repeat(1000)))).toContain('more than the 1000 bytes');
    expect(await editor.prompt(sessionId, 'say on')).toEqual({ stopReason: 'end_turn' });
  });
});

describe('an editor that does not read', () => {
  test('makes the server wait, and gets all of it when it reads again, in order', async () => {
    using door = new FakeDoor();
    await using child = Bun.spawn([...world.argv, 'acp'], {
      env: { ...world.env, ...envOf(door) },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const send = (message: object) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    send({ id: 1, method: 'initialize', params: {} });
    send({ id: 2, method: 'session/new', params: {} });
    send({ id: 3, method: 'session/prompt', params: { sessionId: 's1', prompt: [{ text: 'flood 1500' }] } });
    await child.stdin.flush();
    await waitFor('the whole turn', () => door.sessions.histories.get('s1')?.length === 1501);
    // Of the 45 MB, pipe and socket hold a part: of a socket, systems hold up to 32 MiB, half of which is payload.
    expect(door.buffered).toBeGreaterThan(20_000_000);
    const decoder = new TextDecoder();
    const parts: string[] = [];
    for await (const bytes of child.stdout) {
      parts.push(decoder.decode(bytes, { stream: true }));
      // Not in all of it: to look through 45 MB after each chunk takes half a minute.
      if (parts.slice(-2).join('').includes('end_turn')) break;
    }
    const said = jsonLines(parts.join('')).flatMap((message) => {
      const { params } = message as { params?: { update: { content: { text: string } } } };
      return params === undefined ? [] : [params.update.content.text];
    });
    expect(said).toEqual(Array.from({ length: 1500 }, (_, at) => `${at}${'x'.repeat(30_000)}`));
  });
});

describe('is refused, in one line that says what to do, and exit code 1', () => {
  const refusal = async (door: FakeDoor, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await world.cli(['acp', ...args], { env: { ...envOf(door), ...env } });
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 1, stdout: '', lines: 2 });
    return stderr;
  };

  test('a wrong key, an agent that is not there, a key that may not, another program', async () => {
    using door = new FakeDoor();
    expect(await refusal(door, [], { AGENT_SERVER_KEY: 'wrong' })).toBe(
      'agent-server: the server does not accept this API key (given by AGENT_SERVER_KEY); name another with --key-file or --profile, or see npm start -- doctor\n',
    );
    expect(await refusal(door, ['--agent', 'nobody'])).toBe(
      'agent-server: the server says: there is no agent at /acp/nobody; see npm start -- agents\n',
    );
    door.refuse = () => Response.json({ error: 'this key lacks the scope agents' }, { status: 403 });
    expect(await refusal(door)).toBe(
      'agent-server: the server says: this key lacks the scope agents; use a key that may, with --key-file or --profile\n',
    );
    door.refuse = () => new Response('<h1>It works</h1>');
    expect(await refusal(door)).toContain('but not as a server of agents (ACP)');
  });

  test('no server, no key, a key on an open road', async () => {
    using door = new FakeDoor();
    expect(await refusal(door, ['--url', 'http://127.0.0.1:1'])).toStartWith(
      'agent-server: cannot reach http://127.0.0.1:1 (',
    );
    expect(await refusal(door, [], { AGENT_SERVER_KEY: '' })).toContain('there is no API key for');
    const exposed = await refusal(door, ['--url', 'ws://192.0.2.1:8585']);
    expect(exposed).toStartWith('agent-server: the key would travel unencrypted to http://192.0.2.1:8585; use https');
    expect(exposed).toContain('--insecure');
    expect(exposed).not.toContain(KEY);
    expect(door.requests).toEqual([]);
  });

  test('later as well: a key that was changed ends it', async () => {
    using door = new FakeDoor();
    await using editor = new Editor(world, door.url);
    const sessionId = await editor.open();
    const turn = editor.prompt(sessionId, 'wait');
    turn.catch(() => {});
    await editor.saw('waiting');
    door.refuse = () => Response.json({ error: 'invalid or missing API key' }, { status: 401 });
    door.breakLinks();
    expect(await failureOf(turn)).toContain('the connection to the server was lost');
    expect(await editor.process.exited).toBe(1);
    expect(editor.stderr).toContain('does not accept this API key');
  });
});

test('a command line with a mistake is refused before anything else', async () => {
  for (const [args, why] of [
    [['instal'], 'unknown action "instal" (did you mean install?)'],
    [['--map', 'here'], '--map must be LOCAL=REMOTE'],
    [['--print'], '--print is for install'],
    [['--agent', 'x', '--url', 'ws://127.0.0.1/acp/ws'], '--agent cannot be used with an address that ends in /ws'],
    [['--latency', 'all'], '--latency must be'],
  ] as const) {
    const { code, stderr } = await world.cli(['acp', ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
  }
});

test('the key goes in its header, --host-ownership and the agent with the upgrade', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url, { args: ['--agent', 'claude', '--host-ownership', 'client'] });
  await editor.open();
  const [asked, upgrade] = door.requests;
  expect(new URL(asked?.url ?? '').pathname).toBe('/acp/claude');
  expect(new URL(upgrade?.url ?? '').pathname).toBe('/acp/claude');
  expect(upgrade?.headers.get('acp-host')).toBe('client');
  expect(upgrade?.headers.get('authorization')).toBeNull();
  // The server decides what of it counts.
  expect(door.messages[0]).toMatchObject({ params: { clientCapabilities: { terminal: true } } });
});
