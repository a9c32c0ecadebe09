import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

/** Seconds in which a command has surely started its processes, on a loaded machine and in Wine. */
const ENOUGH_TO_START = 3;

/** 1.11 and the row "processes left behind" of the security rules. */
export function treeSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('what a job started', () => {
    const rig = sharedRig(door);

    const started = async (marker: string) =>
      rig().waitFor('the process to be there', () => rig().marked(marker).length > 0);
    const gone = async (marker: string) =>
      rig().waitFor('the process to be gone', () => rig().marked(marker).length === 0);

    test('a cancel takes grandchildren with it', async () => {
      const marker = rig().marker();
      const id = await rig().exec(rig().commands.hangAsGrandchild(marker));
      await started(marker);
      await rig().post(`/jobs/${id}/cancel`);
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: -1, cancelled: true });
      expect(rig().marked(marker)).toEqual([]);
    });

    const escapesPosix: [string, (marker: string) => string][] = [
      ['a session of its own', (marker) => `setsid sleep ${marker} & wait`],
      [
        'a session of its own and a lost parent',
        (marker) => `(setsid sleep ${marker} &); while :; do sleep 0.05; done`,
      ],
      ['a double fork', (marker) => `sh -c 'sh -c "setsid sleep ${marker} &" &' ; while :; do sleep 0.05; done`],
      ['nohup', (marker) => `nohup sleep ${marker} >/dev/null 2>&1 & wait`],
      ['deafness to SIGTERM', (marker) => `sh -c 'trap "" TERM HUP INT; sleep ${marker}' & wait`],
      ['being stopped', (marker) => `sh -c 'kill -STOP $$; true' & sleep ${marker}`],
      ['a cleared environment in the same session', (marker) => `env -i sleep ${marker} & wait`],
      [
        'a cleared environment below a process with one',
        (marker) => `setsid sh -c 'env -i sleep ${marker}; true' & wait`,
      ],
    ];
    const escapesWindows: typeof escapesPosix = [
      ['the background', (marker) => `${rig().commands.hangInBackground(marker)}& ${rig().commands.hang('1000')}`],
      ['a console of its own', (marker) => `start /min "" ping -n ${marker} 127.0.0.1& ${rig().commands.hang('1000')}`],
      [
        'a lost parent',
        (marker) => `cmd /c start /b "" ping -n ${marker} 127.0.0.1 >nul& ${rig().commands.hang('1000')}`,
      ],
    ];
    const escapes: typeof escapesPosix = [
      ['being a grandchild', (marker) => rig().commands.hangAsGrandchild(marker)],
      ...(posixOnly ? escapesPosix : escapesWindows),
    ];
    test('nothing escapes a timeout', async () => {
      // Side by side, because each takes the whole timeout.
      const tries = await Promise.all(
        escapes.map(async ([how, command]) => {
          const marker = rig().marker();
          const id = await rig().exec(command(marker), { timeout: ENOUGH_TO_START });
          await started(marker);
          const { status, exitCode } = await rig().finished(id);
          return { how, status, exitCode, left: rig().marked(marker) };
        }),
      );
      expect(tries).toEqual(escapes.map(([how]) => ({ how, status: 'timeout', exitCode: -1, left: [] })));
    });

    // Windows has no signal that a console program could be asked with.
    test.if(posixOnly)('SIGTERM comes first: who listens may clean up', async () => {
      const id = await rig().exec(`trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.02; done`);
      await rig().printed(id, 'ready');
      await rig().post(`/jobs/${id}/cancel`);
      expect(await rig().finished(id)).toMatchObject({ exitCode: -1, cancelled: true, stdout: 'ready\ncleaned\n' });
    });

    test('a job is done when its shell is done: what holds its output open does not keep it', async () => {
      const { commands } = rig();
      const marker = rig().marker();
      const done = await rig().run(commands.chain(commands.hangInBackground(marker), commands.print('done')));
      expect(done).toMatchObject({ status: 'completed', stdout: 'done\n', processAlive: false });
      // Kept, as from any shell.
      await started(marker);
    });

    test('background keep may be said; background end ends what is left', async () => {
      const { commands } = rig();
      const [kept, ended] = [rig().marker(), rig().marker()];
      const leaves = (marker: string, gate: string) =>
        commands.chain(commands.hangInBackground(marker), commands.waitForFile(gate), commands.exit(5));
      const [first, second] = [rig().gate(), rig().gate()];
      const keeping = await rig().exec(leaves(kept, first.path), { background: 'keep' });
      const ending = await rig().exec(leaves(ended, second.path), { background: 'end' });
      await started(kept);
      await started(ended);
      first.open();
      second.open();
      expect(await rig().finished(keeping)).toMatchObject({ status: 'failed', exitCode: 5 });
      // The job ends by itself, with its own exit code; it is not a cancel.
      const done = await rig().finished(ending);
      expect(done).toMatchObject({ status: 'failed', exitCode: 5, stderr: '', timedOut: false });
      expect('cancelled' in done).toBe(false);
      expect(rig().marked(ended)).toEqual([]);
      expect(rig().marked(kept)).not.toEqual([]);
    });

    test('one job’s end is no other job’s end', async () => {
      const [mine, other] = [rig().marker(), rig().marker()];
      const ids = [await rig().exec(rig().commands.hang(mine)), await rig().exec(rig().commands.hang(other))];
      await started(mine);
      await started(other);
      await rig().post(`/jobs/${ids[0]}/cancel`);
      await rig().finished(ids[0] ?? '');
      expect(rig().marked(other)).not.toEqual([]);
      expect((await rig().job(ids[1] ?? '')).status).toBe('running');
      await rig().post(`/jobs/${ids[1]}/cancel`);
      await gone(other);
    });

    test('cancel: failed, cancelled, -1, the output so far, one sentence where there was none', async () => {
      const { commands } = rig();
      const marker = rig().marker();
      const silent = await rig().exec(commands.hang(marker));
      await rig().running(silent);
      const { status, body } = await rig().ask(`/jobs/${silent}/cancel`, { method: 'POST' });
      expect({ status, body }).toEqual({ status: 200, body: { cancelled: true } });
      expect(await rig().finished(silent)).toMatchObject({
        status: 'failed',
        exitCode: -1,
        cancelled: true,
        timedOut: false,
        stdout: '',
        stderr: 'Command cancelled',
        processAlive: false,
      });
      const loud = await rig().exec(
        commands.chain(commands.printError('mine'), commands.print('begun'), commands.hang(marker)),
      );
      await rig().printed(loud, 'begun');
      await rig().post(`/jobs/${loud}/cancel`);
      expect(await rig().finished(loud)).toMatchObject({ cancelled: true, stdout: 'begun\n', stderr: 'mine\n' });
    });

    test('cancelling what has ended changes nothing', async () => {
      const before = await rig().run(rig().commands.print('over'));
      const { status, body } = await rig().ask(`/jobs/${before.jobId}/cancel`, { method: 'POST' });
      expect({ status, body }).toEqual({ status: 200, body: { cancelled: false, reason: expect.any(String) } });
      expect(await rig().job(before.jobId)).toEqual(before);
    });

    test('at most max-jobs run; the others wait as pending, in order, and can be cancelled', async () => {
      await using one = await Rig.start(door, { flags: { 'max-jobs': '1' } });
      const { commands } = one;
      const gate = one.gate();
      const running = await one.exec(commands.waitForFile(gate.path));
      await one.running(running);
      const waiting = await one.exec(commands.print('waited'));
      const unwanted = await one.exec(commands.print('never'));
      const record = await one.job(waiting);
      expect(record).toMatchObject({
        status: 'pending',
        // What waits is alive to inherited callers, and its time counts from its submission.
        processAlive: true,
        lastOutputAt: record.submittedAt,
        stdout: '',
        stderr: '',
      });
      expect('exitCode' in record).toBe(false);
      expect(await one.post(`/jobs/${waiting}/nudge`)).toEqual({
        nudged: false,
        reason: 'process not running',
        processAlive: false,
      });
      await one.post(`/jobs/${unwanted}/cancel`);
      expect(await one.finished(unwanted)).toMatchObject({
        status: 'failed',
        cancelled: true,
        exitCode: -1,
        stdout: '',
        stderr: 'Command cancelled',
        durationMs: 0,
      });
      gate.open();
      expect(await one.finished(waiting)).toMatchObject({ status: 'completed', stdout: 'waited\n' });
    });
  });
}
