/** Terminals of an agent in a persistent shell: told for every shell that this machine has. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { OutputTail } from '../../../src/agents/host/output-tail.ts';
import { DIALECTS, shellPath, type DialectWords } from '../../shells/dialects.ts';
import { isAlive } from '../../support/rig-processes.ts';
import { waitFor } from '../../support/wait.ts';
import { SharedWorld } from './shared-world.ts';

for (const words of DIALECTS) {
  const path = shellPath(words.name);
  if (path === undefined) console.log(`${words.name}: skipped, it is not on this machine`);
  else describe(words.name, () => stories(words, path));
}

function stories(words: DialectWords, path: string): void {
  const open = () => SharedWorld.open(words.name, path);
  const isPosix = words.name !== 'pwsh';

  test('what one command sets is there for the next, and the variables of the job for all', async () => {
    await using world = await open();
    expect(await world.run(words.set('colour', 'deep blue'))).toEqual({ code: 0, output: '' });
    expect(await world.run(words.print('$colour'))).toEqual({ code: 0, output: 'deep blue\n' });
    expect((await world.run(words.printExported('SEED'))).output).toBe('of the job\n');
    expect((await world.run(words.printLocation)).output).toBe(`${world.cwd}\n`);
    expect((await world.run(words.endWith(12))).code).toBe(12);
  });

  test('a folder and variables of a terminal are set as if typed, and last', async () => {
    await using world = await open();
    const cwd = world.box.file("it's here");
    mkdirSync(cwd);
    const env = [{ name: 'OWN', value: `a 'b' "c" $d ’e` }];
    expect((await world.run(words.printLocation, { cwd, env })).output).toBe(`${cwd}\n`);
    expect((await world.run(words.printLocation)).output).toBe(`${cwd}\n`);
    expect((await world.run(words.printExported('OWN'))).output).toBe(`a 'b' "c" $d ’e\n`);
    expect(await world.run(words.printLocation, { cwd: world.box.file('missing') }).catch(String)).toContain(
      'there is no folder',
    );
  });

  test('a program gets its arguments as they are, whatever they mean to the shell', async () => {
    await using world = await open();
    const args = ['[%s]', 'a b', '$HOME', `it's`, '"; exit 1', '', '*', '`date`', '%PATH%', 'ü’'];
    const { code, output } = await world.run('printf', { args });
    expect([code, output]).toEqual([
      0,
      args
        .slice(1)
        .map((one) => `[${one}]`)
        .join(''),
    ]);
  });

  test('commands take turns; one that waits for its turn can be ended at once, and is not run', async () => {
    await using world = await open();
    const go = world.box.file('go');
    const first = await world.create(until(words, go));
    const second = await world.create(words.set('second', 'ran'));
    const third = await world.create(words.print('[$second]'));
    await world.terminals.kill({ terminalId: second });
    expect(await world.wait(second)).toBe(130);
    writeFileSync(go, '');
    expect(await world.wait(first)).toBe(0);
    await world.wait(third);
    expect(await world.output(third)).toBe('[]\n');
  });

  test('output can be read while the command runs', async () => {
    await using world = await open();
    const go = world.box.file('go');
    const id = await world.create(words.chain(words.print('begun'), until(words, go)));
    await waitFor('the first line', async () => (await world.output(id)) === 'begun\n');
    writeFileSync(go, '');
    expect(await world.wait(id)).toBe(0);
  });

  test('kill takes the process of the shell with all it has started; the next command gets a new one with the seed', async () => {
    await using world = await open();
    await world.run(words.set('kept', 'no'));
    const id = await world.create(words.chain(words.printPid, words.sleep('1000')));
    const pid = await waitFor('the pid', async () => Number(await world.output(id)) || undefined);
    await world.terminals.kill({ terminalId: id });
    expect(isAlive(pid)).toBe(false);
    expect(await world.wait(id)).not.toBe(0);
    expect((await world.run(words.print('[$kept]'))).output).toBe('[]\n');
    expect((await world.run(words.printExported('SEED'))).output).toBe('of the job\n');
  });

  test('the release of a command that has ended leaves the shell alone, and no files', async () => {
    await using world = await open();
    await world.run(words.set('kept', 'yes'));
    expect((await world.run(words.print('$kept'))).output).toBe('yes\n');
    expect(readdirSync(world.folder)).toEqual([]);
    await world.terminals[Symbol.asyncDispose]();
    expect(world.pool.get('shared')?.status).toBe('idle');
  });

  test('the end of the session ends what runs and what waits', async () => {
    await using world = await open();
    const id = await world.create(words.chain(words.printPid, words.sleep('1000')));
    const pid = await waitFor('the pid', async () => Number(await world.output(id)) || undefined);
    await world.create(words.print('never'));
    await world.terminals[Symbol.asyncDispose]();
    expect(isAlive(pid)).toBe(false);
    expect(world.pool.get('shared')?.status).toBe('stopped');
  });

  test('a shell that is deleted meanwhile is told in the output', async () => {
    await using world = await open();
    const id = await world.create(words.chain(words.print('begun'), words.sleep('1000')));
    await waitFor('its beginning', async () => (await world.output(id)) === 'begun\n');
    await world.pool.delete('shared');
    expect(await world.wait(id)).toBe(1);
    expect(await world.output(id)).toBe('begun\nPersistent shell exited unexpectedly\n');
  });

  test('with the end of a command its output is there, without being asked for', async () => {
    await using world = await open();
    const output = new OutputTail(1000);
    const request = { command: words.print('all of it'), args: [], cwd: world.cwd, cwdGiven: false, env: {} };
    const started = await world.engine.start(request, output);
    if (!started.ok) throw new Error(started.failure.detail);
    await using command = started.value;
    expect(await command.exited).toEqual({ exitCode: 0, signal: null });
    expect(output.text(false)).toBe('all of it\n');
  });

  test('of much output the end is kept', async () => {
    await using world = await open();
    const much = world.box.file('much');
    writeFileSync(much, Buffer.alloc(10_000_000, 'x'));
    const id = await world.create(words.tenMillionBytes(much), { outputByteLimit: 1000 });
    await world.wait(id);
    expect(await world.terminals.output({ terminalId: id })).toMatchObject({
      value: { output: 'x'.repeat(1000), truncated: true },
    });
  });

  test.if(isPosix)('both streams keep their order, a command reads end of input', async () => {
    await using world = await open();
    const { output } = await world.run('for i in 1 2 3; do echo out$i; echo err$i >&2; done; cat; echo done');
    expect(output).toBe('out1\nerr1\nout2\nerr2\nout3\nerr3\ndone\n');
  });
}

/** Comes to its end when there is such a file. */
function until({ name }: DialectWords, path: string): string {
  return name === 'pwsh'
    ? `while (-not (Test-Path '${path}')) { Start-Sleep -Milliseconds 10 }`
    : `until [ -e '${path}' ]; do sleep 0.01; done`;
}

test('a shell that is not there, and another kind by the same key, are sentences', async () => {
  await using world = await SharedWorld.open('cmd', '/nowhere/cmd');
  expect(await world.terminals.create({ command: 'true' })).toEqual({
    ok: false,
    failure: { reason: 'terminal-not-started', detail: 'shell is not available: cmd' },
  });
});
