/** The file descriptors of a session are its commands': none of ours is where one of theirs may be. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { Sandbox } from '../support/sandbox.ts';

// Those that let a command have descriptors from 10 on; `sh` is a bash on many systems.
const bash = Bun.which('bash');
const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());
if (bash === null) console.log('descriptors: skipped, bash is not on this machine');
else {
  symlinkSync(bash, box.file('sh'));
  describe('descriptors, bash', () => descriptors('bash'));
  describe('descriptors, bash by the name of sh', () => descriptors('sh'));
}

function descriptors(shell: string): void {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(inProcess, { env: { PATH: `${box.path}:${process.env['PATH'] ?? ''}` } });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const run = (sessionKey: string, command: string): Promise<JobView> =>
    rig.run(command, { mode: 'persistent_shell', sessionKey, shell });
  const unharmed = async (key: string): Promise<void> => {
    const job = await run(key, 'echo "${BASH_VERSION:+bash} $kept"; echo err >&2; (exit 12)');
    expect(job).toMatchObject({ stdout: 'bash yes\n', stderr: 'err\n', exitCode: 12 });
  };

  test('every one that a command opens stays open for the next ones, whatever its number', async () => {
    const numbers = [3, 9, 10, 11, 12, 13, 14, 20, 63, 99, 254].join(' ');
    const opened = await run(
      'open',
      `kept=yes; for fd in ${numbers}; do eval "exec $fd>fd-$fd"; echo "$fd" >&$fd; done`,
    );
    expect(opened).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await run('open', `for fd in ${numbers}; do echo "$fd again" >&$fd; done`)).toMatchObject({ stderr: '' });
    for (const fd of numbers.split(' '))
      expect(readFileSync(rig.path(`fd-${fd}`), 'utf8')).toBe(`${fd}\n${fd} again\n`);
    await unharmed('open');
    expect(await run('open', 'exec 10<fd-11; read -r line <&10; echo "$line"')).toMatchObject({ stdout: '11\n' });
    expect((await run('open', 'read -r line <&10; echo "$line"')).stdout).toBe('11 again\n');
  });

  test('the shell chooses numbers as in a script', async () => {
    const script = 'exec {a}>chosen; exec {b}>&1; echo "$a $b"';
    const { stdout } = Bun.spawnSync([bash ?? '', '-c', script], { cwd: rig.place.cwd });
    expect((await run('chosen', `kept=yes; ${script}`)).stdout).toBe(stdout.toString());
    await run('chosen', 'echo seen >&"$a"');
    expect(readFileSync(rig.path('chosen'), 'utf8')).toBe('seen\n');
    await unharmed('chosen');
  });

  test('a copy of a command’s output goes where that command’s output goes', async () => {
    const first = await run('copies', 'kept=yes; exec 10>&1 11>&2');
    expect(await run('copies', 'echo late >&10; echo late-err >&11; echo own')).toMatchObject({
      stdout: 'own\n',
      stderr: '',
    });
    expect(await rig.job(first.jobId)).toMatchObject({ stdout: 'late\n', stderr: 'late-err\n' });
    await unharmed('copies');
  });

  test('all of them closed, as by what becomes a daemon', async () => {
    await run('closed', 'kept=yes; for ((fd = 0; fd < 256; fd += 1)); do eval "exec $fd>&-"; done');
    await unharmed('closed');
  });

  const streams = [
    'exec 0</dev/zero',
    'exec 0<&- 1>&- 2>&-',
    'exec >there',
    'exec 2>&1',
    'exec >/dev/null 2>&1',
    'exec 1>&2',
  ];
  test.each(streams)('%p lasts no longer than its command', async (command) => {
    await run('streams', `kept=yes; cd "$HOME"; ${command}`);
    await unharmed('streams');
  });

  test('a limit of open files that leaves nearly none', async () => {
    await run('limit', 'kept=yes; ulimit -n 6');
    await unharmed('limit');
    expect((await run('limit', 'exec 3>limited; echo x >&3')).exitCode).toBe(0);
    await unharmed('limit');
  });

  test('a coprocess and a process substitution last', async () => {
    await run('lasting', 'kept=yes; coproc cat; exec 3< <(echo substituted; sleep 1000)');
    expect((await run('lasting', 'read -r line <&3; echo "$line"')).stdout).toBe('substituted\n');
    expect(
      (await run('lasting', 'echo asked >&"${COPROC[1]}"; read -r line <&"${COPROC[0]}"; echo "$line"')).stdout,
    ).toBe('asked\n');
    await unharmed('lasting');
  });

  test('what a trap starts between two commands has three streams, and none of them is a job’s', async () => {
    const shown = rig.path('shown');
    const show = 'for fd in 0 1 2; do echo "$(readlink "/proc/$$/fd/$fd")" >&5; done';
    const { stdout: pid } = await run('traps', `exec 5>'${shown}'; trap '${show}' EXIT; echo $$`);
    // A command has ended before its shell has put the streams back.
    await rig.waitFor('the shell to be between two commands', () =>
      [0, 1, 2].every((fd) => readlinkSync(`/proc/${Number(pid)}/fd/${fd}`) === '/dev/null'),
    );
    // Only the shell, and nothing that the trap starts.
    process.kill(Number(pid), 'SIGTERM');
    const lines = await rig.waitFor('the trap to end', () => {
      const text = readFileSync(shown, 'utf8');
      return text.split('\n').length > 3 && text;
    });
    expect(lines).toBe('/dev/null\n'.repeat(3));
  });

  test.if(shell === 'bash')('a function named exec is never called by what drives the shell', async () => {
    const called = rig.path('called');
    await run('shadowed', `kept=yes; exec() { echo "$@" >>'${called}'; builtin exec "$@"; }`);
    await unharmed('shadowed');
    await unharmed('shadowed');
    expect(existsSync(called)).toBe(false);
  });
}
