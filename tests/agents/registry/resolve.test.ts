/** What a request's agent, an id or a command line, comes to. */
import { expect, test } from 'bun:test';
import { agentFailureText, type AgentFailure } from '../../../src/agents/registry/agent-failure.ts';
import type { AgentRegistry } from '../../../src/agents/registry/agent-registry.ts';
import { Machine } from './world.ts';

function refusal(registry: AgentRegistry, text: string): AgentFailure {
  const resolved = registry.resolve(text);
  if (resolved.ok) throw new Error(`${text} is ${JSON.stringify(resolved.value)}`);
  return resolved.failure;
}

test('an id is the program of that agent, with its arguments and variables', async () => {
  await using machine = new Machine();
  machine.program('copilot', 'exit 0');
  machine.program('auggie', 'exit 0');
  const registry = machine.registry({
    configured: { mine: { name: 'My Agent', command: ['./agent', 'a b', ''], env: { LEVEL: '3' } } },
  });
  machine.program('agent', 'exit 0', machine.file('work', 'agent'));
  expect(registry.resolve('copilot')).toEqual({
    ok: true,
    value: {
      id: 'copilot',
      name: 'GitHub Copilot',
      argv: [machine.file('bin', 'copilot'), '--acp', '--stdio'],
      env: {},
    },
  });
  expect(registry.resolve(' auggie\n')).toMatchObject({
    ok: true,
    value: { id: 'auggie', env: { AUGMENT_DISABLE_AUTO_UPDATE: '1' } },
  });
  expect(registry.resolve('mine')).toEqual({
    ok: true,
    value: { id: 'mine', name: 'My Agent', argv: [machine.file('work', 'agent'), 'a b', ''], env: { LEVEL: '3' } },
  });
});

test('an agent of the configuration may bring a PATH of its own', async () => {
  await using machine = new Machine();
  machine.program('hidden', 'exit 0', machine.file('work', 'hidden'));
  const registry = machine.registry({ configured: { mine: { command: ['hidden'], env: { PATH: machine.work } } } });
  expect(registry.resolve('mine')).toMatchObject({
    ok: true,
    value: { argv: [machine.file('work', 'hidden')], env: { PATH: machine.work } },
  });
});

test('a command line is split into words, and its program looked up', async () => {
  await using machine = new Machine();
  machine.program('my-agent', 'exit 0');
  machine.program('here', 'exit 0', machine.file('work', 'here'));
  const registry = machine.registry();
  const argv = (text: string) => {
    const resolved = registry.resolve(text);
    return resolved.ok ? resolved.value : resolved.failure;
  };
  const path = machine.file('bin', 'my-agent');
  expect(argv('my-agent')).toEqual({ name: 'my-agent', argv: [path], env: {} });
  expect(argv(`my-agent --acp "a b" 'c"d' $HOME *`)).toEqual({
    name: 'my-agent',
    argv: [path, '--acp', 'a b', 'c"d', '$HOME', '*'],
    env: {},
  });
  expect(argv('./here x')).toEqual({ name: 'here', argv: [machine.file('work', 'here'), 'x'], env: {} });
  // An id with arguments is a command line.
  expect(argv('pi-acp --x')).toMatchObject({ reason: 'agent-not-found', program: 'pi-acp' });
});

test('no process is started by it', async () => {
  await using machine = new Machine();
  machine.program('gemini', 'echo ran >>"$LOG"; echo 0.61.0');
  const registry = machine.registry();
  expect(registry.resolve('gemini').ok).toBe(true);
  expect(registry.resolve('gemini --acp').ok).toBe(true);
  await registry.settled();
  expect(machine.log()).toEqual([]);
});

test('one word that is nothing is told together with the ids there are', async () => {
  await using machine = new Machine();
  const registry = machine.registry({ known: [], configured: { a: { command: ['x'] }, b: { command: ['y'] } } });
  const failure = refusal(registry, 'nothing');
  expect(failure).toEqual({ reason: 'agent-unknown', agent: 'nothing', known: ['a', 'b'] });
  expect(agentFailureText(failure)).toBe(
    'there is no agent "nothing", and no program of that name on the PATH; the agents are a and b',
  );
  // Ids are written as they are.
  expect(refusal(machine.registry(), 'Copilot')).toMatchObject({ reason: 'agent-unknown' });
});

test('a program that is not there is told together with where it was looked for', async () => {
  await using machine = new Machine();
  const registry = machine.registry({ env: { PATH: `${machine.bin}:relative:${machine.work}` } });
  const failure = refusal(registry, 'copilot');
  const places = { folders: [machine.bin, machine.work], extensions: [] };
  expect(failure).toEqual({ reason: 'agent-not-found', agent: 'copilot', program: 'copilot', ...places });
  expect(agentFailureText(failure)).toBe(
    `the program "copilot" of the agent was not found: looked in ${machine.bin}, ${machine.work}`,
  );
  expect(refusal(registry, 'claude')).toMatchObject({ program: 'claude-agent-acp' });
  expect(refusal(registry, 'none --acp')).toEqual({
    reason: 'agent-not-found',
    agent: 'none --acp',
    program: 'none',
    ...places,
  });
  expect(refusal(registry, './none')).toEqual({
    reason: 'agent-not-found',
    agent: './none',
    program: './none',
    folders: [machine.work],
    extensions: [],
  });
  const homeless = refusal(machine.registry({ env: {} }), 'copilot');
  expect(agentFailureText(homeless)).toBe('the program "copilot" of the agent was not found: the PATH names no folder');
  expect(agentFailureText({ ...homeless, folders: ['C:\\bin'], extensions: ['.EXE', '.CMD'] } as AgentFailure)).toBe(
    'the program "copilot" of the agent was not found: looked in C:\\bin (with .EXE, .CMD)',
  );
});

test('a program that is known to be something else is not started for the agent, only by its own name', async () => {
  await using machine = new Machine();
  const path = machine.program('goose', 'echo "goose version: v3.26.0"');
  const registry = machine.registry();
  registry.list();
  await registry.settled();
  const failure = refusal(registry, 'goose');
  expect(failure).toMatchObject({ reason: 'agent-not-found', agent: 'goose', program: 'goose', other: path });
  expect(agentFailureText(failure)).toBe(`${path} is another program, and not the agent goose`);
  expect(registry.resolve('goose acp')).toMatchObject({ ok: true, value: { argv: [path, 'acp'] } });
});

test.each([
  ['', 'it names no program'],
  [' \n', 'it names no program'],
  ['"" --acp', 'it names no program'],
  ['agent "unclosed', 'the " at character 7 has no closing one'],
  ["agent 'unclosed", "the ' at character 7 has no closing one"],
  ['sh a\0b', 'it has a zero character'],
])('%j is no command line', async (text, message) => {
  await using machine = new Machine();
  const failure = refusal(machine.registry(), text);
  expect(failure).toEqual({ reason: 'agent-command-invalid', agent: text.trim(), message });
  expect(agentFailureText(failure)).toBe(`the agent's command cannot be used: ${message}`);
});
