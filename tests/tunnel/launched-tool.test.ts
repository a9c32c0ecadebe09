/** `devtunnel` as real processes: what they say, that they end, and that nothing of them is left. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import type { Clock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { createLauncher } from '../../src/platform/process/index.ts';
import { Devtunnel } from '../../src/tunnel/devtunnel/devtunnel.ts';
import { HostAddress } from '../../src/tunnel/devtunnel/host-address.ts';
import { LaunchedTool } from '../../src/tunnel/devtunnel/launched-tool.ts';
import { isAlive } from '../support/rig-processes.ts';
import { Sandbox } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';
import { FakeDevtunnel } from './fake-devtunnel.ts';
import { ManualClock } from '../support/manual-clock.ts';

let box: Sandbox;
let fake: FakeDevtunnel;
const opened: LaunchedTool[] = [];
beforeEach(() => {
  box = new Sandbox();
  fake = new FakeDevtunnel(box.path);
});
afterEach(async () => {
  for (const tool of opened.splice(0)) await tool[Symbol.asyncDispose]();
  box[Symbol.dispose]();
});

function openTool(clock: Clock = systemClock, path?: string): LaunchedTool {
  const env = { ...fake.env, ...(path !== undefined && { PATH: path }) };
  const tool = new LaunchedTool({
    launcher: createLauncher(),
    clock,
    env,
    root: box.file('root'),
    graceMs: 500,
  });
  opened.push(tool);
  return tool;
}

async function hosted(tool: LaunchedTool) {
  await tool.run(['create', 't']);
  await tool.run(['port', 'create', 't', '-p', '8585']);
  const started = await tool.host(['host', 't']);
  if (!started.ok) throw new Error(started.failure.reason);
  return started.value;
}

test('what a command says, and its exit code', async () => {
  const tool = openTool();
  expect(await tool.run(['user', 'show'])).toMatchObject({
    ok: true,
    value: { code: 0, text: expect.stringContaining('Logged in') },
  });
  expect(await tool.run(['update', 't', '--host-header', 'unchanged'])).toMatchObject({ ok: true, value: { code: 1 } });
  expect(readdirSync(box.file('root'))).toEqual([]);
});

test('a machine without devtunnel, on which it is installed later', async () => {
  const tool = openTool(systemClock, box.file('nowhere'));
  expect(await tool.run(['user', 'show'])).toEqual({ ok: false, failure: { reason: 'not-found' } });
});

test('a command that hangs is ended after 15 seconds', async () => {
  fake.play('hang', 'user show');
  const clock = new ManualClock();
  const tool = openTool(clock);
  const answer = tool.run(['user', 'show']);
  await waitFor('the command to run', () => fake.calls.length > 0);
  await clock.advance(15_000);
  expect(await answer).toEqual({ ok: false, failure: { reason: 'late' } });
});

test('the end of a tunnel does not wait for a command that hangs', async () => {
  fake.play('hang', 'user show');
  // It stands still: no limit is ever reached.
  const clock = new ManualClock();
  const tunnel = new Devtunnel({
    tool: openTool(clock),
    id: 't',
    ports: { main: 8585, terminal: 8586 },
    clock,
    log: silentLog,
    changed() {},
  });
  tunnel.start();
  await waitFor('the command to run', () => fake.calls.length > 0);
  await tunnel[Symbol.asyncDispose]();
  expect(tunnel.status.state).toBe('off');
  expect(readdirSync(box.file('root'))).toEqual([]);
});

test('where it cannot write, nothing is started, and nothing is thrown', async () => {
  const tool = openTool();
  expect(await tool.run(['user', 'show'])).toMatchObject({ ok: true });
  rmSync(box.file('root'), { recursive: true });
  writeFileSync(box.file('root'), 'no folder');
  const refused = { ok: false, failure: { reason: 'not-started' } };
  expect(await tool.run(['user', 'show'])).toMatchObject(refused);
  expect(await tool.host(['host', 't'])).toMatchObject(refused);
  // Also one that has found it so.
  expect(await openTool().run(['user', 'show'])).toMatchObject(refused);
  rmSync(box.file('root'));
  expect(await tool.run(['user', 'show'])).toMatchObject({ ok: true });
});

test('a host prints its address in pieces; killed, it is over', async () => {
  fake.play('pieces');
  const host = await hosted(openTool());
  const address = new HostAddress(host, { main: 8585, terminal: 8586 }, systemClock);
  expect(await address.found).toMatchObject({ ok: true, value: { url: 'https://fake123-8585.euw.devtunnels.ms' } });
  await fake.killHost();
  await host.exited;
  await host.end();
  expect(readdirSync(box.file('root'))).toEqual([]);
});

test('addresses in the old form alone are taken when it says that it is ready', async () => {
  fake.play('old-form');
  const host = await hosted(openTool());
  const address = new HostAddress(host, { main: 8585, terminal: 8586 }, systemClock);
  expect(await address.found).toMatchObject({ ok: true, value: { url: 'https://fake123.euw.devtunnels.ms:8585' } });
});

test.each([
  ['too-many', 'too-many-requests'],
  ['expires', 'logged-out'],
])('why a host has ended is the last that it said: %s', async (played, reason) => {
  fake.play(played);
  const host = await hosted(openTool());
  const address = new HostAddress(host, { main: 8585, terminal: 8586 }, systemClock);
  expect(await address.found).toMatchObject({ ok: false, failure: { reason } });
});

test('a host ends with the tool, and one that a killed server has left ends at the next start', async () => {
  const tool = openTool();
  await hosted(tool);
  const first = await fake.hostPid();
  await tool[Symbol.asyncDispose]();
  await waitFor('the host to be gone', () => !isAlive(first));
  expect(await tool.run(['user', 'show'])).toMatchObject({ ok: false, failure: { reason: 'not-started' } });

  // As a server that is killed leaves it.
  await hosted(openTool());
  const left = await fake.hostPid(first);
  expect(isAlive(left)).toBe(true);
  await openTool().run(['user', 'show']);
  await waitFor('what was left to be gone', () => !isAlive(left));
});
