/** A cancel acts as Ctrl-C: the command ends with all it started, and the shell stays as it was. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';

for (const shell of ['bash', 'zsh', 'sh']) {
  if (Bun.which(shell) === null) {
    console.log(`${shell}: skipped, it is not on this machine`);
    continue;
  }
  describe(`interrupts, ${shell}`, () => interrupts(shell));
}

function interrupts(shell: string): void {
  let rig: Rig;
  beforeAll(async () => {
    // Long enough that nothing but an interrupt explains a shell that stays.
    rig = await Rig.start(inProcess, { flags: { 'kill-grace': '10' } });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const named = (sessionKey: string) => ({ mode: 'persistent_shell', sessionKey, shell });
  const cancel = (id: string) => rig.post<object>(`/jobs/${id}/cancel`);
  const run = (key: string, command: string, more: object = {}): Promise<JobView> =>
    rig.run(command, { ...named(key), ...more });
  /** Begins a command that prints `begun`, and cancels it then. */
  const cancelled = async (key: string, command: string): Promise<JobView> => {
    const id = await rig.exec(command, named(key));
    await rig.printed(id, 'begun');
    await cancel(id);
    return rig.finished(id);
  };
  /** A session with state of every kind, and whether it still has it. */
  const equip = (key: string) => run(key, 'kept=yes; greet() { echo "hello $1"; }; cd /usr; echo $$');
  const stillEquipped = async (key: string, equipped: JobView): Promise<void> => {
    const job = await run(key, 'echo $$; echo "$kept"; greet you; pwd; (exit 12)');
    expect(job).toMatchObject({ stdout: `${equipped.stdout}yes\nhello you\n/usr\n`, stderr: '', exitCode: 12 });
  };

  test('the job is cancelled with its output so far; process, variables, functions and location stay', async () => {
    const before = await equip('kept');
    const marker = rig.marker();
    const job = await cancelled('kept', `echo begun; sleep ${marker}; echo never`);
    expect(job).toMatchObject({
      status: 'failed',
      exitCode: -1,
      cancelled: true,
      timedOut: false,
      stdout: 'begun\n',
      stderr: 'Command cancelled',
    });
    expect(rig.marked(marker)).toEqual([]);
    expect(await rig.get<object>('/sessions/kept')).toMatchObject({ status: 'idle', processAlive: true });
    await stillEquipped('kept', before);
  });

  const sleep = 'sleep $long; echo never >&2';
  const places: [string, string][] = [
    ['a function in a function', `f() { ${sleep}; }; g() { f; echo never >&2; }; g`],
    ['a hundred calls down', `f() { if [ $1 -gt 0 ]; then f $(($1 - 1)); else ${sleep}; fi; echo never >&2; }; f 100`],
    ['a loop', 'while :; do sleep 0.01; done'],
    ['a loop of nothing but the shell', 'f() { while :; do :; done; }; f; f'],
    [
      'a loop over functions',
      `f() { ${sleep}; }; for i in 1 2 3; do f; echo never >&2; done; until f; do echo never >&2; done`,
    ],
    [
      'a sourced file in a sourced file',
      `echo '${sleep}' >"$here.2"; echo '. "$here.2"; echo never >&2' >"$here.1"; f() { . "$here.1"; echo never >&2; }; f`,
    ],
    ['eval', `f() { eval '${sleep}'; echo never >&2; }; eval 'f; echo never >&2'`],
    ['a command substitution', `x=$(${sleep}); echo never >&2`],
    ['a subshell', `(${sleep}); echo never >&2`],
    ['a pipeline', `{ ${sleep}; } | cat; echo never >&2`],
    ['and, or, not', `f() { ${sleep}; }; f && echo never >&2 || echo never >&2; ! f`],
    ['a condition', `if sleep $long; then echo never >&2; else echo never >&2; fi`],
    [
      'subshells and pipelines further down',
      `f() { ${sleep}; }; g() { f; (echo never >&2); { echo never >&2; } | cat; (f); }; g; (echo never >&2); echo never >&2 | cat; x=$(echo never >&2)`,
    ],
    ['redirections', `f() { ${sleep}; } 2>/dev/null; { f; echo never; } >&2`],
    ['wait', 'sleep $long & wait'],
    ['read', 'read -r line'],
  ];
  test.each(places)('from %s nothing more is run', async (place, command) => {
    const key = `from ${place}`;
    const before = await equip(key);
    const marker = rig.marker();
    const here = rig.path(`here-${shell}`);
    const job = await cancelled(key, `long=${marker} here='${here}'; echo begun\n${command}; echo never >&2`);
    expect(job).toMatchObject({ cancelled: true, stdout: 'begun\n', stderr: 'Command cancelled' });
    expect(rig.marked(marker)).toEqual([]);
    await stillEquipped(key, before);
  });

  test('what the command left in the background ends with it; what earlier ones left stays', async () => {
    await using quick = await Rig.start(inProcess, { flags: { 'kill-grace': '0.5' } });
    const [earlier, own] = [quick.marker(), quick.marker()];
    // A subshell that runs no program of its own, one that has left the session, and one that ignores requests.
    const leave = (marker: string) =>
      `(while :; do sleep ${marker}; done) & setsid sleep ${marker} & sh -c 'trap "" INT TERM; sleep ${marker}; :' &`;
    await quick.run(`kept=yes; ${leave(earlier)}`, named('background'));
    await quick.waitFor('all of the earlier', () => quick.marked(earlier).length === 3);
    const left = quick.marked(earlier);
    const id = await quick.exec(`${leave(own)} sleep ${own}`, named('background'));
    await quick.waitFor('all of the own', () => quick.marked(own).length === 4);
    await quick.post(`/jobs/${id}/cancel`);
    expect(await quick.finished(id)).toMatchObject({ cancelled: true, stdout: '' });
    expect(quick.marked(own)).toEqual([]);
    expect(quick.marked(earlier)).toEqual(left);
    // The shell's messages about them are not in the next command's streams.
    expect(await quick.run('echo "$kept"', named('background'))).toMatchObject({ stdout: 'yes\n', stderr: '' });
  });

  test('a program has time to clean up', async () => {
    const before = await equip('tidy');
    const program = `sh -c 'trap "echo tidied; exit 1" INT; echo begun; while :; do sleep 0.01; done'; echo never`;
    expect(await cancelled('tidy', program)).toMatchObject({ cancelled: true, stdout: 'begun\ntidied\n' });
    await stillEquipped('tidy', before);
  });

  test('traps for SIGINT stay the session’s own, and what else it has set is as it was', async () => {
    await run('traps', `trap 'echo mine' INT; set -u; set -f`);
    await cancelled('traps', 'echo begun; sleep 1000');
    expect((await run('traps', 'kill -INT $$; echo "$-"')).stdout).toMatch(/^mine\n(?=.*u)(?=.*f).*\n$/i);
    expect((await run('traps', 'set')).stdout).not.toContain('agent_server');
  });

  test('a cancel that comes just when the command ends does nothing to the next one', async () => {
    const before = await equip('late');
    for (let round = 0; round < 20; round += 1) {
      const id = await rig.exec(`sleep 0.0${round % 10}; echo x`, named('late'));
      const next = await rig.exec('i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; echo "$i"; (exit 3)', named('late'));
      await rig.running(id).catch(() => undefined);
      await Bun.sleep(round % 13);
      await cancel(id);
      expect(await rig.finished(next)).toMatchObject({ stdout: '200\n', stderr: '', exitCode: 3 });
    }
    await stillEquipped('late', before);
  });

  test('one that waits for its turn is never run, and the one that runs is not disturbed', async () => {
    const gate = rig.gate();
    const first = await rig.exec(`${rig.commands.waitForFile(gate.path)}; echo done`, named('queue'));
    await rig.running(first);
    const second = await rig.exec('echo never', named('queue'));
    const third = await rig.exec('echo third', named('queue'));
    await cancel(second);
    expect(await rig.finished(second)).toMatchObject({ cancelled: true, stdout: '', stderr: 'Command cancelled' });
    gate.open();
    expect((await rig.finished(first)).stdout).toBe('done\n');
    expect((await rig.finished(third)).stdout).toBe('third\n');
  });

  test('the next command waits until the cancelled one is gone', async () => {
    const id = await rig.exec(
      `sh -c 'trap "sleep 0.3; echo tidied; exit" INT; echo begun; while :; do sleep 0.01; done'`,
      named('turns'),
    );
    await rig.printed(id, 'begun');
    const next = await rig.exec('echo next', named('turns'));
    await cancel(id);
    await cancel(id);
    await rig.finished(next);
    expect(await rig.job(id)).toMatchObject({ cancelled: true, stdout: 'begun\ntidied\n' });
  });

  /** Waits for its cancel when it is run for the first time. */
  const hangOnce = (path: string) => `[ -e '${path}' ] || { : >'${path}'; sleep 1000; }; boot=up`;
  const cancelInBootstrap = async (key: string): Promise<void> => {
    const path = rig.path(`bootstraps of ${key} ${shell}`);
    const id = await rig.exec('echo never', { ...named(key), bootstrapCommand: hangOnce(path) });
    await rig.waitFor('the bootstrap', () => existsSync(path));
    await cancel(id);
    expect(await rig.finished(id)).toMatchObject({ cancelled: true, stdout: '', stderr: 'Command cancelled' });
  };

  test('a bootstrap that is cancelled in a new process costs the session that process, and is run again', async () => {
    await cancelInBootstrap('new');
    expect(await rig.get<object>('/sessions/new')).toMatchObject({ status: 'stopped', processAlive: false });
    expect(await run('new', 'echo "$boot"')).toMatchObject({ stdout: 'up\n', exitCode: 0 });
  });

  test('a bootstrap that is cancelled later costs the session nothing, and is run again', async () => {
    const before = await equip('later');
    await cancelInBootstrap('later');
    expect((await run('later', 'echo "$boot"')).stdout).toBe('up\n');
    await stillEquipped('later', before);
  });

  test('a session that is deleted while its command is being interrupted', async () => {
    const marker = rig.marker();
    const id = await rig.exec(`echo begun; sh -c 'trap "" INT; sleep ${marker}; :'`, named('doomed'));
    await rig.printed(id, 'begun');
    await rig.waitFor('the program', () => rig.marked(marker).length > 0);
    await cancel(id);
    expect((await rig.ask('/sessions/doomed', { method: 'DELETE' })).status).toBe(200);
    expect(await rig.finished(id)).toMatchObject({ cancelled: true, exitCode: -1, stdout: 'begun\n' });
    expect(rig.marked(marker)).toEqual([]);
    expect((await run('doomed', 'echo anew')).stdout).toBe('anew\n');
  });

  test('a program that takes no interrupt costs the session its shell, not its name', async () => {
    await using quick = await Rig.start(inProcess, { flags: { 'kill-grace': '0.3' } });
    const marker = quick.marker();
    const before = await quick.run('kept=yes; echo $$', named('stubborn'));
    const id = await quick.exec(`echo begun; sh -c 'trap "" INT; sleep ${marker}; :'; echo never`, named('stubborn'));
    await quick.waitFor('the program', () => quick.marked(marker).length > 0);
    await quick.post(`/jobs/${id}/cancel`);
    expect(await quick.finished(id)).toMatchObject({ cancelled: true, exitCode: -1, stdout: 'begun\n' });
    expect(quick.marked(marker)).toEqual([]);
    const after = await quick.run('echo "$$ [$kept]"', named('stubborn'));
    expect(after.stdout).toEndWith(' []\n');
    expect(after.stdout).not.toStartWith(before.stdout.trim());
  });

  test('a time that is up costs the shell as ever', async () => {
    await run('late', 'kept=yes');
    expect(await run('late', 'sleep 1000', { timeout: 0.2 })).toMatchObject({ status: 'timeout', timedOut: true });
    expect((await run('late', 'echo "[$kept]"')).stdout).toBe('[]\n');
  });
}
