/** Issue 3, item 3: jobs outlive the server that started them. */
import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { textOf } from '../support/rig-events.ts';
import { Rig } from '../support/rig.ts';

export function survivalSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('a server that is killed', () => {
    test('the job goes on, its output is whole, its exit code is recorded', async () => {
      await using rig = await Rig.start(door);
      const { commands } = rig;
      const gate = rig.gate();
      const id = await rig.exec(
        commands.chain(
          commands.print('before'),
          commands.waitForFile(gate.path),
          commands.print('after'),
          commands.printError('err'),
          commands.exit(7),
        ),
      );
      const before = await rig.printed(id, 'before');
      await rig.kill9();
      await rig.restart();
      const taken = await rig.job(id);
      expect(taken).toMatchObject({
        status: 'running',
        processAlive: true,
        command: before.command,
        submittedAt: before.submittedAt,
        stdout: 'before\n',
      });
      gate.open();
      expect(await rig.finished(id)).toMatchObject({
        status: 'failed',
        exitCode: 7,
        stdout: 'before\nafter\n',
        stderr: 'err\n',
        timedOut: false,
        processAlive: false,
      });
    });

    test('the next server can signal the job', async () => {
      await using rig = await Rig.start(door);
      const gate = rig.gate();
      const command = rig.commands.waitForFile(gate.path);
      const id = await rig.exec(posixOnly ? `trap 'exit 5' TERM; echo ready; ${command}` : command);
      await (posixOnly ? rig.printed(id, 'ready\n') : rig.running(id));
      await rig.kill9();
      await rig.restart();
      expect(await rig.post(`/jobs/${id}/signal`, { signal: 'SIGTERM' })).toEqual({ signalled: 1 });
      // Windows ends it, with the code that the Task Manager leaves behind.
      expect(await rig.finished(id)).toMatchObject({ status: 'failed', exitCode: posixOnly ? 5 : 1 });
    });

    test('a job that ends while no server is there', async () => {
      await using rig = await Rig.start(door);
      const { commands } = rig;
      const [gate, marker] = [rig.gate(), rig.marker()];
      const id = await rig.exec(
        commands.chain(
          commands.waitForFile(gate.path),
          commands.print('alone'),
          commands.hangInBackground(marker),
          commands.exit(9),
        ),
      );
      await rig.running(id);
      await rig.kill9();
      gate.open();
      await rig.waitFor('the command to get that far', () => rig.marked(marker).length > 0);
      await rig.waitFor('its exit code', () => existsSync(join(rig.place.data, 'jobs', id, 'exit')));
      await rig.restart();
      expect(await rig.finished(id)).toMatchObject({
        status: 'failed',
        exitCode: 9,
        stdout: 'alone\n',
        stderr: '',
        processAlive: false,
      });
    });

    const codesWindows: [string, string, number][] = [
      ['plain end', 'ver >nul', 0],
      ['exit', 'exit 11', 11],
      ['exit /b', 'exit /b 12', 12],
      ['a program’s code', 'cmd /c exit 13', 13],
      ['in parentheses', '(exit 14)', 14],
      ['an unknown command, and then', 'no-such-command-here || exit 15', 15],
      ['a code of more than a byte', 'exit 300', 300],
      ['the code that says "still active"', 'exit 259', 259],
      ['a negative code', 'exit -1', 4_294_967_295],
    ];
    const codesPosix: typeof codesWindows = [
      ['plain end', 'true', 0],
      ['exit', 'exit 11', 11],
      ['the last command’s code', 'sh -c "exit 12"', 12],
      ['an own EXIT trap', 'trap "echo bye; exit 13" EXIT; false', 13],
      ['traps that were reset', 'trap - EXIT; exit 14', 14],
      ['a replaced shell', 'exec sh -c "exit 15"', 15],
      ['eval', 'eval "exit 16"', 16],
      ['set -e', 'set -e; sh -c "exit 17"', 17],
      ['a signal of its own', 'kill -TERM $$', 143],
      ['SIGKILL of its own', 'kill -KILL $$', 137],
      ['a function', 'f() { return 18; }; f', 18],
      ['a subshell', '(exit 19)', 19],
    ];
    const codes = posixOnly ? codesPosix : codesWindows;
    test('its real exit code, however the command ends', async () => {
      await using rig = await Rig.start(door);
      const gate = rig.gate();
      const jobs = await Promise.all(
        codes.map(async ([, command]) => rig.exec(rig.commands.chain(rig.commands.waitForFile(gate.path), command))),
      );
      for (const id of jobs) await rig.running(id);
      await rig.kill9();
      gate.open();
      for (const id of jobs)
        await rig.waitFor(`exit code of ${id}`, () => existsSync(join(rig.place.data, 'jobs', id, 'exit')));
      await rig.restart();
      const seen = [];
      for (const [index, id] of jobs.entries()) seen.push([codes[index]?.[0], (await rig.finished(id)).exitCode]);
      expect(seen).toEqual(codes.map(([what, , code]) => [what, code]));
    });

    test('finished jobs, their output and their order are still there', async () => {
      await using rig = await Rig.start(door);
      const jobs = [
        await rig.run(rig.commands.print('one')),
        await rig.run(rig.commands.exit(2)),
        await rig.run(rig.commands.printError('three')),
      ];
      const before = await rig.get<unknown[]>('/jobs');
      await rig.kill9();
      await rig.restart();
      expect(await rig.get<unknown[]>('/jobs')).toEqual(before);
      expect(await rig.job(jobs[0]?.jobId ?? '')).toEqual(jobs[0] as NonNullable<(typeof jobs)[0]>);
      expect(await rig.get<{ jobs: number }>('/health')).toMatchObject({ jobs: 3 });
      // New ones come after them.
      const id = await rig.exec(rig.commands.exit(0));
      expect((await rig.get<{ jobId: string }[]>('/jobs'))[0]?.jobId).toBe(id);
    });

    test('pending jobs start after the restart, in their order', async () => {
      await using rig = await Rig.start(door, { flags: { 'max-jobs': '1' } });
      const { commands } = rig;
      const gate = rig.gate();
      const first = await rig.exec(commands.waitForFile(gate.path));
      await rig.running(first);
      const waiting = [
        await rig.exec(commands.print('a'), { env: { KEPT: 'yes' } }),
        await rig.exec(commands.printVariable('KEPT'), { env: { KEPT: 'yes' } }),
      ];
      await rig.kill9();
      await rig.restart();
      expect((await rig.job(first)).status).toBe('running');
      for (const id of waiting) expect((await rig.job(id)).status).toBe('pending');
      gate.open();
      const done = [await rig.finished(waiting[0] ?? ''), await rig.finished(waiting[1] ?? '')];
      expect(done.map(({ stdout }) => stdout)).toEqual(['a\n', 'yes\n']);
      expect(done[1]?.startedAt).toBeGreaterThanOrEqual(done[0]?.startedAt ?? Infinity);
    });

    test('a job is timed out by the next server, with all it started', async () => {
      await using rig = await Rig.start(door);
      const marker = rig.marker();
      const id = await rig.exec(rig.commands.hangAsGrandchild(marker), { timeout: 3 });
      await rig.waitFor('the grandchild', () => rig.marked(marker).length > 0);
      await rig.kill9();
      await rig.restart();
      expect(await rig.finished(id)).toMatchObject({
        status: 'timeout',
        exitCode: -1,
        timedOut: true,
        stderr: 'Command timed out',
      });
      expect(rig.marked(marker)).toEqual([]);
    });

    test('a job is cancelled by the next server, with all it started', async () => {
      await using rig = await Rig.start(door);
      const marker = rig.marker();
      const id = await rig.exec(rig.commands.hangAsGrandchild(marker));
      await rig.waitFor('the grandchild', () => rig.marked(marker).length > 0);
      await rig.kill9();
      await rig.restart();
      expect(await rig.post(`/jobs/${id}/cancel`)).toEqual({ cancelled: true });
      expect(await rig.finished(id)).toMatchObject({ status: 'failed', exitCode: -1, cancelled: true });
      expect(rig.marked(marker)).toEqual([]);
    });

    test('background end holds for the next server too', async () => {
      await using rig = await Rig.start(door);
      const { commands } = rig;
      const [gate, marker] = [rig.gate(), rig.marker()];
      const id = await rig.exec(commands.chain(commands.hangInBackground(marker), commands.waitForFile(gate.path)), {
        background: 'end',
      });
      await rig.waitFor('the background process', () => rig.marked(marker).length > 0);
      await rig.kill9();
      await rig.restart();
      gate.open();
      expect((await rig.finished(id)).status).toBe('completed');
      expect(rig.marked(marker)).toEqual([]);
    });

    test('events go on with the same numbers', async () => {
      await using rig = await Rig.start(door);
      const { commands } = rig;
      const gate = rig.gate();
      const id = await rig.exec(
        commands.chain(commands.print('before'), commands.waitForFile(gate.path), commands.print('after')),
      );
      const seen = await rig.events(id, { until: ({ event }) => event === 'stdout' });
      await rig.kill9();
      await rig.restart();
      gate.open();
      const rest = await rig.events(id, { lastEventId: seen.at(-1)?.id ?? 0 });
      const all = [...seen, ...rest];
      expect(all.map(({ id: number }) => number)).toEqual(all.map((_, index) => index + 1));
      expect(textOf(all, 'stdout').replaceAll('\r', '')).toBe('before\nafter\n');
      expect(all.at(-1)).toMatchObject({ event: 'end', data: { status: 'completed', exitCode: 0 } });
      expect(await rig.events(id)).toEqual(all);
    });

    test('a retry after the restart is still the first job', async () => {
      await using rig = await Rig.start(door);
      const ask = { json: { command: rig.commands.print('once') }, headers: { 'idempotency-key': 'over-the-crash' } };
      const first = await rig.ask('/exec', ask);
      await rig.kill9();
      await rig.restart();
      expect((await rig.ask('/exec', ask)).body).toEqual(first.body);
      expect((await rig.ask('/exec', { ...ask, json: { command: 'other' } })).status).toBe(409);
    });

    test('input still reaches a job that reads later, except on Windows, where a pipe ends with its server', async () => {
      await using rig = await Rig.start(door);
      const gate = rig.gate();
      const id = await rig.exec(rig.commands.chain(rig.commands.waitForFile(gate.path), rig.commands.sortInput));
      await rig.running(id);
      await rig.kill9();
      await rig.restart();
      expect(await rig.post(`/jobs/${id}/input`, { data: 'late\n', eof: true })).toEqual(
        posixOnly
          ? { accepted: true, processAlive: true }
          : { accepted: false, reason: expect.stringContaining('closed'), processAlive: true },
      );
      gate.open();
      expect(await rig.finished(id)).toMatchObject({ status: 'completed', stdout: posixOnly ? 'late\n' : '' });
    });

    // On Windows the exit recorder would have to die at the same instant, and cannot be told from those of other servers.
    test.if(posixOnly)('a job of unknown fate says so and does not run for ever', async () => {
      await using rig = await Rig.start(door);
      const marker = rig.marker();
      const id = await rig.exec(rig.commands.chain(rig.commands.print('begun'), rig.commands.hang(marker)));
      const { pid } = await rig.printed(id, 'begun');
      await rig.kill9();
      // Nothing of it is left to write an exit code, as after a power loss.
      process.kill(-(pid ?? 0), 'SIGKILL');
      await rig.waitFor('it to be gone', () => !rig.alive(pid ?? 0));
      await rig.restart();
      const done = await rig.finished(id);
      expect(done).toMatchObject({
        status: 'failed',
        exitCode: -1,
        stdout: 'begun\n',
        timedOut: false,
        processAlive: false,
      });
      expect(done.stderr).toContain('exit code was not recorded');
    });
  });
}
