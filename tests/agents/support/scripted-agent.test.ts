/** The scripted agent does what its table says: other tests stand on it. */
import { expect, test } from 'bun:test';
import { ok } from '../../../src/core/failure.ts';
import { splitCommandLine } from '../../../src/platform/programs/index.ts';
import { scriptedAgent, scriptedAgentLine } from '../../support/agents/scripted.ts';
import { RawHost, type RawMessage } from '../../support/agents/raw-host.ts';
import { endMarked, runningMarked } from '../../support/rig-processes.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';

function start(
  box: Sandbox,
  flags: readonly string[] = [],
  answer?: (method: string) => RawMessage['result'],
): RawHost {
  const env = { PATH: process.env['PATH'] ?? '', HOME: box.path };
  return RawHost.start(scriptedAgent(...flags), { cwd: box.path, env, ...(answer && { answer }) });
}

const allow = (optionId: string) => () => ({ outcome: { outcome: 'selected', optionId } });

test('it says what the prompt tells it to, and echoes a prompt without directives', async () => {
  using box = new Sandbox();
  await using host = start(box);
  const session = await host.open('/work');
  const turn = await host.prompt(
    session,
    '[[think hm]][[say one ]][[updates 2]][[plan]][[tool t1|edit|Edit it]][[usage]]',
  );
  expect(turn.result).toEqual({ stopReason: 'end_turn', usage: expect.anything() });
  expect(host.said).toBe('one update 0 update 1 ');
  expect(host.updates.map((update) => update['sessionUpdate'])).toEqual([
    'agent_thought_chunk',
    ...Array.from({ length: 3 }, () => 'agent_message_chunk'),
    'plan',
    'tool_call',
    'tool_call_update',
    'tool_call_update',
    'usage_update',
  ]);
  await host.prompt(session, 'hello');
  expect(host.said).toEndWith('echo: hello');
});

test('it asks for permission and tells the answer, by ids that mislead where it is told to', async () => {
  using box = new Sandbox();
  await using plain = start(box, ['--ids', 'zero'], allow('allow'));
  await plain.prompt(await plain.open('/work'), '[[permission-first edit|/etc/x]]');
  expect(plain.said).toBe('permission: selected allow');
  expect(plain.messages.find(({ method }) => method === 'session/request_permission')).toMatchObject({
    id: 0,
    params: { toolCall: { kind: 'edit', rawInput: { path: '/etc/x' }, locations: [{ path: '/etc/x' }] } },
  });
  const kinds = plain.updates.map((update) => update['sessionUpdate']);
  expect(kinds).toEqual(['tool_call', 'tool_call_update', 'agent_message_chunk']);

  await using odd = start(box, ['--option-ids', 'odd', '--ids', 'string'], allow('allow_once'));
  await odd.prompt(await odd.open('/work'), '[[permission execute|-|rm x]]');
  expect(odd.said).toBe('permission: selected allow_once');
  expect(odd.updates.find((update) => update['status'] === 'failed')).toBeDefined();
});

test('it uses the files and terminals of its host, and tells what it got', async () => {
  using box = new Sandbox();
  const answers: Record<string, RawMessage['result']> = {
    'fs/read_text_file': { content: 'text' },
    'terminal/create': { terminalId: 'T' },
    'terminal/wait_for_exit': { exitCode: 3 },
    'terminal/output': { output: 'out', truncated: false },
    'terminal/release': {},
  };
  await using host = start(box, [], (method) => answers[method]);
  const session = await host.open('/work');
  await host.prompt(session, '[[read /a]] [[write /b|c|d]] [[terminal echo  "a b"]] [[elicit]] [[unknown-request]]');
  const refused = 'failed: -32601 Method not found';
  expect(host.said).toBe(`read: textwrite ${refused}terminal: exit 3: outelicitation: ${refused}unknown: ${refused}`);
  expect(host.messages.find(({ method }) => method === 'fs/write_text_file')?.params).toMatchObject({ content: 'c|d' });
  const created = host.messages.find(({ method }) => method === 'terminal/create');
  expect(created?.params).toEqual({ sessionId: session, command: 'echo  "a b"' });
});

test('it stops when it is cancelled, but for a turn that ignores it', async () => {
  using box = new Sandbox();
  await using host = start(box);
  const session = await host.open('/work');
  const slow = host.prompt(session, '[[slow 600]]');
  await waitFor('a first tick', () => host.said.includes('tick 0'));
  host.send({ method: 'session/cancel', params: { sessionId: session } });
  expect((await slow).result).toEqual({ stopReason: 'cancelled' });

  const stubborn = host.prompt(session, '[[ignore-cancel]][[say deaf]][[slow 0.3]]');
  await waitFor('its beginning', () => host.said.includes('deaf'));
  host.send({ method: 'session/cancel', params: { sessionId: session } });
  expect((await stubborn).result).toEqual({ stopReason: 'end_turn' });
});

test('a later process replays a session, before the answer or after it', async () => {
  using box = new Sandbox();
  await using first = start(box);
  const sessionId = await first.open('/work');
  await first.prompt(sessionId, '[[say remembered]]');
  first.child.stdin?.end();
  expect(await first.exited).toMatchObject({ code: 0 });

  const load = { sessionId, cwd: '/work', mcpServers: [] };
  await using second = start(box);
  expect((await second.call('session/load', load)).result).toEqual({});
  expect(second.messages.map(({ id }) => id)).toEqual([undefined, undefined, 0]);
  expect(second.said).toBe('remembered');

  await using late = start(box, ['--late-replay', '20']);
  await late.call('session/load', load);
  await waitFor('the replay', () => late.said === 'remembered');
  expect(late.messages[0]?.id).toBe(0);

  await using other = start(box, ['--no-load']);
  expect((await other.call('session/load', load)).error?.code).toBe(-32601);
});

test('it has models, efforts and modes, in the new way and the old', async () => {
  using box = new Sandbox();
  await using host = start(box, ['--models', '--modes']);
  const sessionId = await host.open('/work');
  await host.call('session/set_config_option', { sessionId, configId: 'effort', value: 'high' });
  await host.call('session/set_model', { sessionId, modelId: 'large' });
  await host.prompt(sessionId, '[[config effort]] [[config model]] [[config mode]]');
  expect(host.said).toBe('effort=highmodel=largemode=ask');
  const wrong = await host.call('session/set_mode', { sessionId, modeId: 'nope' });
  expect(wrong.error?.code).toBe(-32602);

  await using old = start(box, ['--models', '--no-config']);
  await old.call('initialize', { protocolVersion: 1 });
  const { result } = await old.call('session/new', { cwd: '/work', mcpServers: [] });
  expect(Object.keys(result ?? {})).toEqual(['sessionId', 'models']);
});

test('it wants a login, talks before it is asked, and dies as it is told', async () => {
  using box = new Sandbox();
  await using host = start(box, ['--auth', '--banner', '--update-before-new']);
  await host.call('initialize', { protocolVersion: 1 });
  const session = { cwd: '/work', mcpServers: [] };
  expect((await host.call('session/new', session)).error?.code).toBe(-32000);
  await host.call('authenticate', { methodId: 'scripted-login' });
  const before = host.messages.length;
  const { result } = await host.call('session/new', session);
  expect(host.messages[before]?.method).toBe('session/update');
  expect(host.otherLines[0]).toBe('Scripted Agent 1.0');
  void host
    .prompt(String(result?.['sessionId']), '[[garbage]][[odd-json]][[big 200000]][[stderr last words]][[die 7]]')
    .catch(() => {});
  expect(await host.exited).toEqual({ code: 7, signal: null });
  expect(host.stderr).toBe('last words\n');
  expect(host.said).toHaveLength(200_000);
  expect(host.otherLines).toContain('Warning: this is no JSON');
});

test('it leaves a child and a daemon behind, and stays itself where it ignores its end', async () => {
  using box = new Sandbox();
  const marker = `scripted-${crypto.randomUUID()}`;
  await using host = start(box, ['--ignore-eof', '--ignore-term']);
  try {
    const session = await host.open('/work');
    await host.prompt(session, `[[child ${marker}]]`);
    await waitFor('both', () => runningMarked(marker).length === 2);
    const ticks = () => host.said.split('tick').length;
    void host.prompt(session, '[[slow 600]]').catch(() => {});
    await waitFor('a first tick', () => ticks() > 1);
    host.child.kill('SIGTERM');
    host.child.stdin?.end();
    const then = ticks();
    await waitFor('ticks after all that', () => ticks() > then + 5);
    host.child.kill('SIGKILL');
    await waitFor('its end', () => host.child.exitCode !== null || host.child.signalCode !== null);
    expect(runningMarked(marker)).toHaveLength(2);
  } finally {
    endMarked(marker);
  }
});

test('its command line is the same program with the same flags', () => {
  expect(splitCommandLine(scriptedAgentLine('--ids', 'zero'))).toEqual(ok(scriptedAgent('--ids', 'zero')));
});
