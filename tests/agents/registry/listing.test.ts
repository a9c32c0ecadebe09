/** Which agents are listed as installed, and in which version. */
import { describe, expect, test } from 'bun:test';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import type { AgentRegistry } from '../../../src/agents/registry/agent-registry.ts';
import { KNOWN_AGENTS } from '../../../src/agents/registry/known-agents.ts';
import { FakeClock } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';
import { Machine } from './world.ts';

const installed = (registry: AgentRegistry): Record<string, string | true> =>
  Object.fromEntries(
    registry.list().flatMap((agent) => (agent.installed ? [[agent.id, agent.version ?? (true as const)]] : [])),
  );
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('all known agents are listed in their order, and then those of the configuration', async () => {
  await using machine = new Machine();
  const registry = machine.registry({ configured: { mine: { name: 'Mine', command: ['mine', '--acp'] } } });
  expect(registry.ids).toEqual([...KNOWN_AGENTS.map(({ id }) => id), 'mine']);
  expect(registry.list().map(({ id }) => id)).toEqual([...registry.ids]);
  expect(installed(registry)).toEqual({});
  expect(registry.find('copilot')).toEqual({
    id: 'copilot',
    name: 'GitHub Copilot',
    command: ['copilot', '--acp', '--stdio'],
    installed: false,
    homepage: 'https://github.com/github/copilot-cli',
  });
  expect(registry.find('mine')).toEqual({ id: 'mine', name: 'Mine', command: ['mine', '--acp'], installed: false });
  expect(registry.find('other')).toBeUndefined();
});

test('one that is installed while the server runs is there at the next look', async () => {
  await using machine = new Machine();
  const registry = machine.registry();
  expect(installed(registry)).toEqual({});
  machine.program('gemini', 'echo 0.61.0');
  expect(installed(registry)).toEqual({ gemini: true });
  await registry.settled();
  expect(installed(registry)).toEqual({ gemini: '0.61.0' });
});

test('what two agents of the configuration say counts, for an id of ours as well', async () => {
  await using machine = new Machine();
  machine.program('prog', 'echo ran >>"$LOG"; echo 9.9.9');
  machine.program('copilot', 'echo "GitHub Copilot CLI 1.0.0."');
  const registry = machine.registry({
    configured: { copilot: { command: ['prog', 'a'] }, mine: { command: ['./none'] } },
  });
  expect(registry.find('copilot')).toEqual({
    id: 'copilot',
    name: 'GitHub Copilot',
    command: ['prog', 'a'],
    installed: true,
    homepage: 'https://github.com/github/copilot-cli',
  });
  expect(registry.find('mine')).toMatchObject({ name: 'mine', installed: false });
  await registry.settled();
  expect(installed(registry)).toEqual({ copilot: true });
  // Nobody knows what `prog --version` would do.
  expect(machine.log()).toEqual([]);
});

describe('a program of the name that is something else', () => {
  test('counts until it has answered, and not after that', async () => {
    await using machine = new Machine();
    machine.program('goose', 'echo "goose version: v3.26.0"');
    machine.program('copilot', 'echo "copilot version: v1.34.1"');
    machine.program('kilo', 'echo "unknown option" >&2; exit 1');
    const registry = machine.registry();
    expect(installed(registry)).toEqual({ goose: true, copilot: true, kilo: true });
    await registry.settled();
    expect(installed(registry)).toEqual({});
    expect(registry.find('goose')).toMatchObject({ command: ['goose', 'acp'], installed: false });
  });

  test('is the agent again once it was replaced', async () => {
    await using machine = new Machine();
    const path = machine.program('goose', 'echo "goose version: v3.26.0"');
    utimesSync(path, 1, 1);
    const registry = machine.registry();
    registry.list();
    await registry.settled();
    expect(installed(registry)).toEqual({});
    machine.program('goose', 'echo " 1.23.2"');
    expect(installed(registry)).toEqual({ goose: true });
    await registry.settled();
    expect(installed(registry)).toEqual({ goose: '1.23.2' });
  });
});

describe('the package that a program comes from', () => {
  test('tells its version at once, and the program has the last word', async () => {
    await using machine = new Machine();
    machine.npmPackage('@github/copilot', '1.0.102', 'copilot', 'echo "GitHub Copilot CLI 1.0.105."');
    const registry = machine.registry();
    expect(installed(registry)).toEqual({ copilot: '1.0.102' });
    await registry.settled();
    expect(installed(registry)).toEqual({ copilot: '1.0.105' });
  });

  test('is proof enough where the program cannot answer', async () => {
    await using machine = new Machine();
    machine.npmPackage('@moonshot-ai/kimi-code', '2.1.0', 'kimi', 'exit 1');
    const registry = machine.registry();
    registry.list();
    await registry.settled();
    expect(installed(registry)).toEqual({ kimi: '2.1.0' });
  });

  test('of another name is no proof', async () => {
    await using machine = new Machine();
    machine.npmPackage('some-wrapper', '7.0.0', 'cline', 'echo 3.0.65');
    machine.npmPackage('kilo', '7.0.0', 'kilo', 'echo hello');
    const registry = machine.registry();
    registry.list();
    await registry.settled();
    expect(installed(registry)).toEqual({ cline: '3.0.65' });
  });
});

describe('a program that is asked', () => {
  test('has three seconds, and nothing of it is left then', async () => {
    await using machine = new Machine();
    const clock = new FakeClock();
    // One in its group, one that left it, and all of them deaf to SIGTERM.
    machine.program(
      'gemini',
      'trap "" TERM; sleep 600 & echo $! >>"$LOG"; setsid sleep 600 & echo $! >>"$LOG"; echo 0.61.0; echo $$ >>"$LOG"; wait',
    );
    const registry = machine.registry({ clock });
    registry.list();
    const pids = await waitFor('three processes', () => machine.log().length === 3 && machine.log().map(Number));
    clock.advance(2999);
    expect(pids.filter(alive)).toEqual(pids);
    clock.advance(1);
    await registry.settled();
    expect(pids.filter(alive)).toEqual([]);
    expect(installed(registry)).toEqual({ gemini: true });
  });

  test('leaves nothing behind when it has answered', async () => {
    await using machine = new Machine();
    machine.program('gemini', 'sleep 600 & echo $! >>"$LOG"; echo 0.61.0');
    const registry = machine.registry();
    registry.list();
    await registry.settled();
    expect(installed(registry)).toEqual({ gemini: '0.61.0' });
    expect(machine.log().map(Number).filter(alive)).toEqual([]);
  });

  test('is not listened to for ever', async () => {
    await using machine = new Machine();
    machine.program('gemini', 'echo $$ >>"$LOG"; exec yes 0.61.0');
    machine.program('qwen', 'echo $$ >>"$LOG"; exec yes 0.61.0 >&2');
    const registry = machine.registry({ versionLimitMs: 60_000 });
    registry.list();
    await registry.settled();
    expect(installed(registry)).toEqual({ gemini: true, qwen: true });
    expect(machine.log().map(Number).filter(alive)).toEqual([]);
  });

  test.each(['echo version one', 'printf "\\0\\377\\033[31m"', 'true', 'echo 7', 'echo hello 1.2.3', 'echo 1.2.3 >&2'])(
    'has no version when it says none: %s',
    async (script) => {
      await using machine = new Machine();
      machine.npmPackage('@google/gemini-cli', '0.50.0', 'gemini', 'exit 1');
      machine.program('auggie', script);
      const registry = machine.registry();
      registry.list();
      await registry.settled();
      expect(installed(registry)).toEqual({ gemini: '0.50.0', auggie: true });
    },
  );

  test('is asked once, until it changes', async () => {
    await using machine = new Machine();
    const path = machine.program('gemini', 'echo asked >>"$LOG"; echo 0.61.0');
    utimesSync(path, 1, 1);
    const registry = machine.registry();
    for (let round = 0; round < 3; round += 1) {
      registry.list();
      await registry.settled();
    }
    expect(machine.log()).toEqual(['asked']);
    utimesSync(path, 2, 2);
    registry.list();
    await registry.settled();
    expect(machine.log()).toEqual(['asked', 'asked']);
  });

  test('is one of two at once', async () => {
    await using machine = new Machine();
    const gate = machine.file('gate');
    const names = ['copilot', 'gemini', 'qwen', 'cline', 'auggie'];
    for (const name of names)
      machine.program(
        name,
        `echo + >>"$LOG"; until [ -e '${gate}' ]; do sleep 0.02; done; echo - >>"$LOG"; echo 1.2.3`,
      );
    const registry = machine.registry({ versionLimitMs: 60_000 });
    registry.list();
    await waitFor('two that run', () => machine.log().length === 2);
    writeFileSync(gate, '');
    await registry.settled();
    expect(installed(registry)).toEqual(Object.fromEntries(names.map((name) => [name, '1.2.3'])));
    let running = 0;
    const counts = machine.log().map((line) => (running += line === '+' ? 1 : -1));
    expect(Math.max(...counts)).toBe(2);
  });

  test('has the environment that it was given, and what its agent needs', async () => {
    await using machine = new Machine();
    machine.program('auggie', 'env >>"$LOG"; pwd >>"$LOG"; cat; echo 0.36.0');
    process.env['REGISTRY_TEST_SECRET'] = 'key';
    const registry = machine.registry();
    registry.list();
    await registry.settled();
    delete process.env['REGISTRY_TEST_SECRET'];
    expect(installed(registry)).toEqual({ auggie: '0.36.0' });
    expect(machine.log()).toContain('AUGMENT_DISABLE_AUTO_UPDATE=1');
    expect(machine.log()).toContain(`LOG=${machine.file('log')}`);
    expect(machine.log()).toContain(machine.work);
    expect(machine.log().filter((line) => line.includes('SECRET'))).toEqual([]);
  });

  test('ends with the server', async () => {
    await using machine = new Machine();
    machine.program('gemini', 'echo $$ >>"$LOG"; exec sleep 600');
    machine.program('qwen', 'echo $$ >>"$LOG"; exec sleep 600');
    machine.program('cline', 'echo $$ >>"$LOG"; exec sleep 600');
    const registry = machine.registry({ versionLimitMs: 60_000 });
    registry.list();
    await waitFor('two that run', () => machine.log().length === 2);
    await registry[Symbol.asyncDispose]();
    await registry.settled();
    expect(machine.log().map(Number).filter(alive)).toEqual([]);
    // The third one was not started any more.
    expect(machine.log()).toHaveLength(2);
  });
});

test('what begins to speak the protocol, whatever it is told, is never asked', async () => {
  await using machine = new Machine();
  const names = ['claude-agent-acp', 'codex-acp', 'pi-acp', 'vibe-acp', 'amp-acp'];
  for (const name of names) machine.program(name, 'echo ran >>"$LOG"');
  const registry = machine.registry();
  expect(installed(registry)).toEqual({ claude: true, codex: true, pi: true, vibe: true, amp: true });
  await registry.settled();
  expect(machine.log()).toEqual([]);
});

test('of two names the one that is there is the command', async () => {
  await using machine = new Machine();
  machine.program('claude-code-acp', 'exit 1');
  const registry = machine.registry();
  expect(registry.find('claude')).toMatchObject({ command: ['claude-code-acp'], installed: true });
  machine.npmPackage('@agentclientprotocol/claude-agent-acp', '0.101.0', 'claude-agent-acp', 'exit 1');
  expect(registry.find('claude')).toMatchObject({ command: ['claude-agent-acp'], installed: true, version: '0.101.0' });
});
