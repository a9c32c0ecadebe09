/** Cancel as Ctrl-C, in PowerShell: the command is given up with all it started, the shell stays as it was. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { environmentWith, shellPath } from './dialects.ts';

const path = shellPath('pwsh');
if (path === undefined) console.log('interrupts of pwsh: skipped, it is not on this machine');
else describe('interrupts, pwsh', () => interrupts(environmentWith(path)));

function interrupts(env: Record<string, string>): void {
  let rig: Rig;
  beforeAll(async () => {
    // Long enough that nothing but an interrupt explains a shell that stays.
    rig = await Rig.start(inProcess, { env, flags: { 'kill-grace': '10' } });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const named = (sessionKey: string) => ({ mode: 'persistent_shell', sessionKey, shell: 'pwsh' });
  const run = (key: string, command: string): Promise<JobView> => rig.run(command, named(key));
  const cancelled = async (key: string, command: string): Promise<JobView> => {
    const id = await rig.exec(command, named(key));
    await rig.printed(id, 'begun');
    await rig.post(`/jobs/${id}/cancel`);
    return rig.finished(id);
  };
  /** A session with something to lose; a look at what it still has. */
  const equip = (key: string) => run(key, '$kept = \'yes\'; function greet { "hello $args" }; cd /usr; $PID');
  const stillEquipped = async (key: string, equipped: JobView): Promise<void> => {
    const job = await run(key, "$PID; $kept; greet you; $PWD.Path; sh -c 'exit 12'");
    expect(job).toMatchObject({ stdout: `${equipped.stdout}yes\nhello you\n/usr\n`, stderr: '', exitCode: 12 });
  };

  const places: [string, string][] = [
    ['a cmdlet', 'Start-Sleep 1000'],
    ['a loop', 'while ($true) { }'],
    ['a program', 'sleep $long'],
    ['a program that starts another', 'sh -c "sleep $long; true"'],
    ['a pipeline of programs', 'sleep $long | cat'],
    ['a pipeline into a cmdlet', 'sleep $long | ForEach-Object { $_ }'],
    ['functions', 'function f { sleep $long; "never" }; function g { f; "never" }; g'],
    ['try, with more to run at the end', "try { Start-Sleep 1000 } catch { 'never' } finally { $script:tidied = 1 }"],
    ['a job that is waited for', 'Start-Job { Start-Sleep 1000 } | Wait-Job'],
    ['a script block of its own', '& { . { Start-Sleep 1000 } }'],
  ];
  test.each(places)('from %s nothing more is run', async (place, command) => {
    const key = `from ${place}`;
    const before = await equip(key);
    const marker = rig.marker();
    const job = await cancelled(key, `$long = ${marker}; 'begun'\n${command}; [Console]::Error.WriteLine('never')`);
    expect(job).toMatchObject({
      status: 'failed',
      exitCode: -1,
      cancelled: true,
      stdout: 'begun\n',
      stderr: 'Command cancelled',
    });
    expect(rig.marked(marker)).toEqual([]);
    await stillEquipped(key, before);
  });

  test('what the command left in the background ends with it; what earlier ones left stays', async () => {
    const [earlier, own] = [rig.marker(), rig.marker()];
    await run('background', `$kept = 'yes'; Start-Process sleep ${earlier}`);
    await rig.waitFor('the earlier', () => rig.marked(earlier).length === 1);
    await cancelled('background', `Start-Process sleep ${own}; 'begun'; Start-Sleep 1000`);
    expect(rig.marked(own)).toEqual([]);
    expect(rig.marked(earlier)).toHaveLength(1);
    expect(await run('background', '$kept')).toMatchObject({ stdout: 'yes\n', stderr: '' });
  });

  test('a cancel that comes just when the command ends does nothing to the next one', async () => {
    const before = await equip('late');
    for (let round = 0; round < 30; round += 1) {
      const id = await rig.exec(`Start-Sleep -Milliseconds ${round % 10}; 'x'`, named('late'));
      const next = await rig.exec("1..2000 | ForEach-Object { $last = $_ }; $last; sh -c 'exit 3'", named('late'));
      await rig.running(id).catch(() => undefined);
      await Bun.sleep(round % 13);
      await rig.post(`/jobs/${id}/cancel`);
      expect(await rig.finished(next)).toMatchObject({ stdout: '2000\n', stderr: '', exitCode: 3 });
    }
    await stillEquipped('late', before);
  });

  test('a program that takes no interrupt costs the session its shell, not its name', async () => {
    await using quick = await Rig.start(inProcess, { env, flags: { 'kill-grace': '0.3' } });
    const marker = quick.marker();
    const id = await quick.exec(`sh -c 'trap "" INT; sleep ${marker}; true'`, named('stubborn'));
    await quick.waitFor('the program', () => quick.marked(marker).length > 0);
    await quick.post(`/jobs/${id}/cancel`);
    expect(await quick.finished(id)).toMatchObject({ cancelled: true, exitCode: -1 });
    expect(quick.marked(marker)).toEqual([]);
    expect((await quick.run("'back'", named('stubborn'))).stdout).toBe('back\n');
  });
}
