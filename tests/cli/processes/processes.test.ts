/** The verbs `ps` and `kill`. */
import { expect, test } from 'bun:test';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

test('ps shows what jobs have started, and kill ends it by pid or by job', async () => {
  await using world = await World.start();
  const none = await world.cli(['ps']);
  expect([none.code, none.stdout]).toEqual([0, '']);
  expect(none.stderr).toContain('no job has a process now');

  const { stdout: id } = await world.cli(['run', 'sleep 600; true', '--detach']);
  const jobId = id.trim();
  const listed = await world.cli(['ps', '--tree']);
  expect(listed.stdout).toMatch(/^PID +PPID +USER +CPU % +MEMORY +AGE +STATUS +JOB +COMMAND/);
  expect(listed.stdout).toContain(jobId);
  const processes = JSON.parse((await world.cli(['ps', '--json'])).stdout) as { pid: number; name: string }[];
  const sleeping = processes.find(({ name }) => name === 'sleep');
  expect(sleeping).toBeDefined();

  const killed = await world.cli(['kill', String(sleeping?.pid), '--signal', 'kill']);
  expect([killed.code, killed.stdout]).toEqual([0, 'SIGKILL sent to 1 process\n']);
  await world.cli(['logs', jobId, '--follow']);

  const { stdout: second } = await world.cli(['run', 'sleep 600; true', '--detach']);
  const [answer] = jsonLines((await world.cli(['kill', second.trim(), '--tree', '--json'])).stdout);
  expect(answer).toMatchObject({ target: second.trim(), signal: 'SIGTERM', signalled: expect.any(Number) });
  await world.cli(['logs', second.trim(), '--follow']);

  const over = await world.cli(['kill', second.trim()]);
  expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('the job has ended')]);
  const own = await world.cli(['kill', '1']);
  expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('one of the system’s')]);
  const unknown = await world.cli(['kill', second.trim(), '-s', 'NOTHING']);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('no such signal')]);
});

test('ps --all has those that are no job’s, and says what the limit leaves out', async () => {
  await using world = await World.start();
  const { stdout, stderr } = await world.cli(['ps', '--all', '--sort', 'memory', '--limit', '1']);
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/\d+ more, see --limit/);
});

test('refuses values that are not valid', async () => {
  for (const words of [['ps', '--limit', '0'], ['ps', '--sort', 'age'], ['kill'], ['kill', '12', '--tree']])
    expect((await runInProcess(words[0] ?? '', ...words.slice(1))).code).toBe(2);
});
