/** What an agent's terminals do, on real programs of this machine. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { MAX_OUTPUT_BYTES } from '../../../src/agents/host/terminal-params.ts';
import { isAlive } from '../../support/rig-processes.ts';
import { waitFor } from '../../support/wait.ts';
import { TerminalWorld } from './terminal-world.ts';

test('a program with arguments gets them as they are', async () => {
  await using world = new TerminalWorld();
  expect(await world.printed('printf', { args: ['[%s]', 'a b', '$HOME', '"; exit 1'] })).toBe(
    '[a b][$HOME]["; exit 1]',
  );
});

test('one string without arguments is a program where there is one of that name, else text for the shell', async () => {
  await using world = new TerminalWorld();
  expect(await world.printed('pwd')).toBe(`${world.cwd}\n`);
  expect(await world.printed('true && echo "it is $SESSION"', { args: [] })).toBe('it is of the session\n');
  expect(await world.printed('cd /; pwd')).toBe('/\n');
  writeFileSync(world.box.file('work', 'my tool'), '#!/bin/sh\necho ran $#\n', { mode: 0o755 });
  expect(await world.printed('./my tool')).toBe('ran 0\n');
});

test('both streams come in the order in which they were written, and can be opened by their names', async () => {
  await using world = new TerminalWorld();
  const command =
    'for i in 1 2 3; do echo out$i; echo err$i >&2; done; echo name > /dev/stderr; echo twice | tee /dev/stderr';
  expect(await world.printed(command)).toBe('out1\nerr1\nout2\nerr2\nout3\nerr3\nname\ntwice\ntwice\n');
});

test('a command reads end of input at once', async () => {
  await using world = new TerminalWorld();
  expect(await world.printed('cat; echo done')).toBe('done\n');
});

test('variables of the terminal lie over those of the session, and no others are there', async () => {
  await using world = new TerminalWorld();
  process.env['AGENT_TEST_HIDDEN'] = 'secret';
  try {
    const env = [
      { name: 'SESSION', value: 'of the terminal' },
      { name: 'MORE', value: 'ü "x"' },
    ];
    const names = (await world.printed('env', { env })).split('\n');
    expect(names).toContain('SESSION=of the terminal');
    expect(names).toContain('MORE=ü "x"');
    expect(names.filter((line) => line.startsWith('AGENT_TEST'))).toEqual([]);
  } finally {
    delete process.env['AGENT_TEST_HIDDEN'];
  }
});

test('exit code and signal', async () => {
  await using world = new TerminalWorld();
  expect(await world.wait(await world.create('exit 7'))).toEqual({ exitCode: 7, signal: null });
  expect(await world.wait(await world.create('kill -9 $$'))).toEqual({ exitCode: 137, signal: 'SIGKILL' });
  // A shell that reports how its command died has ended by itself.
  expect(await world.wait(await world.create("sh -c 'kill -9 $$'; exit $?"))).toEqual({ exitCode: 137, signal: null });
});

test('output can be read while the command runs, and has a status when it has ended', async () => {
  await using world = new TerminalWorld();
  const id = await world.create('echo first; until [ -e go ]; do sleep 0.01; done; echo second');
  await waitFor('the first line', async () => (await world.output(id)).output === 'first\n');
  expect(await world.output(id)).toEqual({ output: 'first\n', truncated: false });
  writeFileSync(world.box.file('work', 'go'), '');
  await world.wait(id);
  expect(await world.output(id)).toEqual({
    output: 'first\nsecond\n',
    truncated: false,
    exitStatus: { exitCode: 0, signal: null },
  });
});

test('a character that is written in two pieces is shown once it is whole', async () => {
  await using world = new TerminalWorld();
  const id = await world.create(
    `printf 'a\\342\\202'; : > half; until [ -e go ]; do sleep 0.01; done; printf '\\254b'`,
  );
  await waitFor('the first piece', async () => (await world.output(id)).output.length > 0);
  expect((await world.output(id)).output).toBe('a');
  writeFileSync(world.box.file('work', 'go'), '');
  await world.wait(id);
  expect((await world.output(id)).output).toBe('a€b');
});

test('of much output the end is kept, up to the limit, from the beginning of a character', async () => {
  await using world = new TerminalWorld();
  const id = await world.create("printf 'ä%.0s' 1 2 3 4 5 6", { outputByteLimit: 7 });
  await world.wait(id);
  expect(await world.output(id)).toMatchObject({ output: 'äää', truncated: true });
  const whole = await world.create("printf 'ä%.0s' 1 2 3 4 5 6", { outputByteLimit: 12 });
  await world.wait(whole);
  expect(await world.output(whole)).toMatchObject({ output: 'ä'.repeat(6), truncated: false });
});

test('a hundred megabytes leave a megabyte, or what the agent asks for up to sixteen', async () => {
  await using world = new TerminalWorld();
  const command = 'head -c 100000000 /dev/zero | tr "\\0" x; printf end';
  const plain = await world.create(command);
  const greedy = await world.create(command, { outputByteLimit: 1_000_000_000 });
  await Promise.all([world.wait(plain), world.wait(greedy)]);
  const { output, truncated } = await world.output(plain);
  expect([output.length, output.slice(-4), truncated]).toEqual([1024 * 1024, 'xend', true]);
  expect((await world.output(greedy)).output.length).toBe(MAX_OUTPUT_BYTES);
});

test('what a command leaves in the background does not hold up its end, and its output still comes', async () => {
  await using world = new TerminalWorld();
  const id = await world.create('(until [ -e go ]; do sleep 0.01; done; echo late; sleep 100) & echo early; exit 3');
  expect(await world.wait(id)).toEqual({ exitCode: 3, signal: null });
  expect((await world.output(id)).output).toBe('early\n');
  writeFileSync(world.box.file('work', 'go'), '');
  await waitFor('the late line', async () => (await world.output(id)).output === 'early\nlate\n');
});

test('what a command printed before its end is complete although something else goes on printing', async () => {
  await using world = new TerminalWorld();
  const background = '(while :; do echo background; sleep 0.001; done) &';
  const id = await world.create(`${background} head -c 50000 /dev/zero | tr '\\0' x; echo; echo last words`);
  await world.wait(id);
  expect((await world.output(id)).output).toContain('last words\n');
});

test('kill takes the whole tree, and leaves the terminal to be read', async () => {
  await using world = new TerminalWorld();
  const id = await world.create('setsid sleep 1000 & echo $!; sh -c "sleep 1000 & wait" & wait');
  const pid = Number(await waitFor('the pid', async () => (await world.output(id)).output.trim() || undefined));
  const waiting = world.wait(id);
  await world.terminals.kill({ terminalId: id });
  expect(isAlive(pid)).toBe(false);
  expect(await waiting).toEqual({ exitCode: 143, signal: 'SIGTERM' });
  expect(await world.output(id)).toMatchObject({ output: `${pid}\n`, exitStatus: { signal: 'SIGTERM' } });
  // A second time, and after the end, it is as good.
  expect(await world.terminals.kill({ terminalId: id })).toEqual({ ok: true, value: {} });
});

test('a command that ignores SIGTERM is killed after the grace, also while it writes without a pause', async () => {
  await using world = new TerminalWorld({ graceMs: 50 });
  const id = await world.create("trap '' TERM; while :; do echo on and on; done", { outputByteLimit: 1000 });
  await waitFor('output', async () => (await world.output(id)).truncated);
  await world.terminals.kill({ terminalId: id });
  expect(await world.wait(id)).toEqual({ exitCode: 137, signal: 'SIGKILL' });
  expect((await world.output(id)).output.length).toBeLessThanOrEqual(1000);
});

test('release ends the command, what it left behind included; who waits learns how it ended', async () => {
  const released: object[] = [];
  await using world = new TerminalWorld({ onReleased: (terminal) => released.push(terminal) });
  const id = await world.create('setsid sleep 1000 & echo $!; wait');
  const pid = Number(await waitFor('the pid', async () => (await world.output(id)).output.trim() || undefined));
  const waiting = world.wait(id);
  expect(await world.terminals.release({ terminalId: id })).toEqual({ ok: true, value: {} });
  expect(isAlive(pid)).toBe(false);
  expect(await waiting).toEqual({ exitCode: 143, signal: 'SIGTERM' });
  expect(await world.terminals.output({ terminalId: id })).toMatchObject({ failure: { reason: 'terminal-unknown' } });
  const exitStatus = { exitCode: 143, signal: 'SIGTERM' };
  expect(released).toEqual([{ terminalId: id, output: `${pid}\n`, truncated: false, exitStatus }]);

  const daemon = await world.create('setsid sleep 1000 & echo $!');
  await world.wait(daemon);
  const left = Number((await world.output(daemon)).output);
  expect(isAlive(left)).toBe(true);
  await world.terminals.release({ terminalId: daemon });
  expect(isAlive(left)).toBe(false);
});

test('a wait that is taken back ends; the command goes on', async () => {
  await using world = new TerminalWorld();
  const terminalId = await world.create('sleep 1000');
  const cancel = new AbortController();
  const waiting = world.terminals.waitForExit({ terminalId }, cancel.signal);
  cancel.abort();
  expect(await waiting).toMatchObject({ failure: { reason: 'wait-aborted' } });
  expect((await world.output(terminalId)).exitStatus).toBeUndefined();
});

test('the end of the session ends all of them, those that are just starting included', async () => {
  const world = new TerminalWorld();
  const ids = await Promise.all([1, 2, 3].map(() => world.create('setsid sleep 1000 & echo $!; wait')));
  const pids = await Promise.all(
    ids.map((id) => waitFor('the pid', async () => (await world.output(id)).output.trim() || undefined)),
  );
  const starting = world.terminals.create({ command: 'sleep 1000' });
  await world.terminals[Symbol.asyncDispose]();
  expect(pids.filter((pid) => isAlive(Number(pid)))).toEqual([]);
  expect(await starting).toMatchObject({ failure: { reason: 'terminals-closed' } });
  expect([world.running, world.terminals.count]).toEqual([0, 0]);
  expect(await world.refusal({ command: 'true' })).toBe('terminals-closed: the session is over');
  await world[Symbol.asyncDispose]();
});

test('at most 32 at once, those that have ended included, until they are released', async () => {
  await using world = new TerminalWorld();
  const ids = await Promise.all(Array.from({ length: 32 }, () => world.create('true')));
  expect(await world.refusal({ command: 'true' })).toBe(
    'too-many-terminals: this session has 32 terminals: release some of them',
  );
  await world.terminals.release({ terminalId: ids[0] });
  await world.create('true');
});

test('fifty terminals in a row leave no process, no file and no descriptor', async () => {
  await using world = new TerminalWorld();
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const one = async (): Promise<void> => {
    const id = await world.create('echo a; echo b >&2');
    await world.wait(id);
    expect((await world.output(id)).output).toBe('a\nb\n');
    await world.terminals.release({ terminalId: id });
  };
  // What the first one opens for good is not counted.
  await one();
  const before = descriptors();
  for (let count = 0; count < 50; count += 1) await one();
  await waitFor('the descriptors to be closed', () => descriptors() <= before);
  expect([world.running, world.terminals.count]).toEqual([0, 0]);
});

test('a folder of the agent has to be inside of the session, unless it may go anywhere', async () => {
  await using world = new TerminalWorld();
  mkdirSync(world.box.file('work', 'sub'));
  expect(await world.printed('pwd', { cwd: world.box.file('work', 'sub') })).toBe(`${world.box.file('work', 'sub')}\n`);
  expect(await world.printed('pwd', { cwd: null })).toBe(`${world.cwd}\n`);
  expect(await world.refusal({ command: 'pwd', cwd: '/' })).toBe(`terminal-refused: / is outside of ${world.cwd}`);
  expect(await world.refusal({ command: 'pwd', cwd: 'sub' })).toBe('params-invalid: cwd must be an absolute path');
  const missing = world.box.file('work', 'missing');
  expect(await world.refusal({ command: 'pwd', cwd: missing })).toBe(
    `terminal-not-started: there is no folder ${missing}`,
  );

  await using free = new TerminalWorld({ access: 'anywhere' });
  expect(await free.printed('pwd', { cwd: '/' })).toBe('/\n');
});

test('the path that was confined is the one that is used', async () => {
  await using world = new TerminalWorld({ confine: () => ({ inside: true, path: '/usr' }) });
  symlinkSync('/', world.box.file('work', 'link'));
  expect(await world.printed('pwd', { cwd: world.box.file('work', 'link') })).toBe('/usr\n');
});

test('a policy that allows no commands refuses each', async () => {
  await using world = new TerminalWorld({ access: 'none' });
  expect(await world.refusal({ command: 'true' })).toBe(
    'terminal-refused: the policy of this session allows no commands',
  );
});

test('a program that is not there is a sentence; a text for the shell says it in its output', async () => {
  await using world = new TerminalWorld();
  const env = [{ name: 'PATH', value: '/nowhere:/bin' }];
  expect(await world.refusal({ command: 'no-such-tool', args: ['x'], env })).toBe(
    'terminal-not-started: there is no program no-such-tool; it was looked for in /nowhere, /bin',
  );
  const id = await world.create('no-such-tool');
  expect(await world.wait(id)).toEqual({ exitCode: 127, signal: null });
  expect((await world.output(id)).output).toContain('no-such-tool');
  const tooLong = 'x'.repeat(3_000_000);
  expect(await world.refusal({ command: 'echo', args: [tooLong] })).toStartWith(
    'terminal-not-started: the command could not be started: ',
  );
  await world.terminals.release({ terminalId: id });
  expect(world.running).toBe(0);
});

test.each([
  [undefined, 'the parameters must be an object'],
  [[], 'the parameters must be an object'],
  [{}, 'command must be a string that is not empty'],
  [{ command: ' ' }, 'command must be a string that is not empty'],
  [{ command: 'a\0b' }, 'command must be a string that is not empty'],
  [{ command: 'echo', args: 'x' }, 'args must be an array of strings'],
  [{ command: 'echo', args: [1] }, 'args must be an array of strings'],
  [{ command: 'echo', args: ['a\0b'] }, 'args must be an array of strings'],
  [{ command: 'echo', cwd: 1 }, 'cwd must be a string'],
  [{ command: 'echo', env: { A: 'b' } }, 'env must be an array of {"name", "value"} with strings in them'],
  [{ command: 'echo', env: [{ name: 'A' }] }, 'env must be an array of {"name", "value"} with strings in them'],
  [{ command: 'echo', env: [{ name: 'A=B', value: '' }] }, 'env: a name may not be empty or contain "="'],
  [{ command: 'echo', outputByteLimit: -1 }, 'outputByteLimit must be a whole number of bytes'],
  [{ command: 'echo', outputByteLimit: '1' }, 'outputByteLimit must be a whole number of bytes'],
])('parameters that are not as the protocol says: %p', async (params, detail) => {
  await using world = new TerminalWorld();
  expect(await world.refusal(params)).toBe(`params-invalid: ${detail}`);
});

test('a terminal that is not there', async () => {
  await using world = new TerminalWorld();
  const { signal } = new AbortController();
  const unknown = { ok: false, failure: { reason: 'terminal-unknown', detail: 'no terminal x' } } as const;
  const params = { terminalId: 'x' };
  expect(await world.terminals.output(params)).toEqual(unknown);
  expect(await world.terminals.waitForExit(params, signal)).toEqual(unknown);
  expect(await world.terminals.kill(params)).toEqual(unknown);
  expect(await world.terminals.release(params)).toEqual(unknown);
  expect(await world.terminals.output({ terminalId: 1 })).toMatchObject({ failure: { reason: 'params-invalid' } });
});
