/** The stories of self-update, for every system that an executable runs on. */
import { afterAll, describe, expect, test } from 'bun:test';
import { waitFor } from './wait.ts';
import { UpdateWorld, type Machine } from './update-world.ts';

export interface StoryMachine {
  readonly name: string;
  open(): Machine;
  close(machine: Machine): void;
  /** A command that runs until the file is there. */
  waitFor(path: string): string;
}

export function updateStory(system: StoryMachine): void {
  const worlds: UpdateWorld[] = [];
  afterAll(async () => {
    // Each of them, also where one cannot be ended.
    const ends = worlds.map((world) => world[Symbol.asyncDispose]().finally(() => system.close(world.machine)));
    for (const end of await Promise.allSettled(ends)) if (end.status === 'rejected') throw end.reason;
  });
  const open = async (): Promise<UpdateWorld> => {
    const world = new UpdateWorld(system.open());
    worlds.push(world);
    await world.install('1.0.0');
    return world;
  };
  const submit = async (world: UpdateWorld, command: string): Promise<string> => {
    const { status, body } = await world.ask<{ jobId: string }>('/exec', { command, timeout: 3600 });
    expect(status).toBe(202);
    return body.jobId;
  };

  describe(`updates of ${system.name}`, () => {
    test('under a supervisor: from 1 to 2 when idle, with history, and back from a 3 that is broken', async () => {
      const world = await open();
      const supervisor = await world.serve('--wrapper');
      expect(await world.update()).toMatchObject({ version: '1.0.0', state: 'idle', bad: [] });
      const { key, port } = world;

      const before = await submit(world, 'echo before');
      await waitFor('the first job', async () => (await world.job(before)).status === 'completed');
      const gate = world.machine.native('gate');
      const running = await submit(world, system.waitFor(gate));
      await world.release('2.0.0', 2);
      expect(await world.ask('/update', {})).toMatchObject({ status: 409, body: { running_jobs: 1 } });
      expect(await world.ask('/update', { check: true })).toMatchObject({
        status: 200,
        body: { status: 'checked', message: 'Version 2.0.0 is available' },
      });
      expect(await world.ask('/update', { when: 'idle' })).toEqual({ status: 202, body: { status: 'scheduled' } });
      expect(await world.update()).toMatchObject({ state: 'scheduled', waitingFor: '1 job' });
      // Work goes on, and is taken.
      const meanwhile = await submit(world, 'echo meanwhile');
      await waitFor('the job in between', async () => (await world.job(meanwhile)).status === 'completed');
      expect(await world.update()).toMatchObject({ state: 'scheduled', version: '1.0.0' });

      await Bun.write(world.host('gate'), '');
      const updated = await world.until('version 2', ({ version }) => version === '2.0.0');
      expect(updated).toMatchObject({ state: 'trial', trial: { previous: '1.0.0' } });
      expect([world.key, world.port]).toEqual([key, port]);
      for (const id of [before, running, meanwhile])
        expect(await world.job(id)).toMatchObject({ status: 'completed', exitCode: 0 });
      expect(await world.ask('/update', { when: 'idle' })).toMatchObject({ status: 409, body: { state: 'trial' } });
      await world.until('the end of the trial', ({ state }) => state === 'idle');
      expect(supervisor.exitCode).toBeNull();

      await world.release('3.0.0-crash', 3);
      expect(await world.ask('/update', {})).toMatchObject({ status: 200, body: { status: 'updating' } });
      const why = expect.stringMatching(/^it ended with exit code 3/);
      const { version, bad } = await world.until('the rollback', (now) => now.bad.length > 0);
      expect({ version, bad }).toEqual({ version: '2.0.0', bad: [{ version: '3.0.0-crash', why }] });
      const health = await world.health();
      expect(health.update.bad).toEqual(bad);
      expect(health.problems).toEqual([expect.stringContaining('the update to version 3.0.0-crash was rolled back')]);
      expect(await world.job(before)).toMatchObject({ stdout: expect.stringContaining('before') });
      const doctor = world.start('doctor', '--port', String(port));
      await doctor.exited;
      await waitFor('doctor to tell', () => world.said.includes('3.0.0-crash was rolled back'));

      // The same manifest is not taken again, nor the same version by a new one.
      await world.ask('/update', {});
      const refused = await world.until(
        'the refusal',
        ({ state, lastError }) => state === 'idle' && lastError !== undefined,
      );
      expect(refused).toMatchObject({ version: '2.0.0', lastError: expect.stringContaining('is not tried again') });

      // The supervisor still runs from version 1, which Windows therefore could not remove; the next start does.
      supervisor.kill('SIGKILL');
      await waitFor('the server to end', async () => (await world.update()) === undefined);
      await world.serve('--wrapper');
      await waitFor('leftovers to be removed', () => !world.installed.some((name) => /\.(old|new)-/.test(name)));
    }, 120_000);

    test('without a supervisor: the old process hands over, and stands by', async () => {
      const world = await open();
      const first = await world.serve();
      const { port } = world;
      await world.release('2.0.0', 2);
      await world.ask('/update', {});
      await world.until('version 2', ({ version, state }) => version === '2.0.0' && state === 'trial');
      expect([world.port, first.exitCode]).toEqual([port, null]);
      expect(await first.exited).toBe(0);
      expect(await world.update()).toMatchObject({ version: '2.0.0', state: 'idle' });

      await world.release('3.0.0-late', 3);
      await world.ask('/update', {});
      const { bad } = await world.until('the rollback', (now) => now.version === '2.0.0' && now.bad.length > 0);
      expect(bad).toMatchObject([{ version: '3.0.0-late' }]);
    }, 120_000);

    test('no job that was accepted during an update is lost, and what is refused is told to come back', async () => {
      const world = await open();
      await world.serve('--wrapper');
      await world.release('2.0.0', 2);
      const accepted: string[] = [];
      const refused: string[] = [];
      const stop = new AbortController();
      let pace = 1;
      /** One that comes, and then rests, longer each time: however long a job takes here, nobody is there at last. */
      const client = async (rest: number): Promise<void> => {
        for (; !stop.signal.aborted; await Bun.sleep(rest * pace)) {
          pace *= 1.1;
          const answer = await world.post('/exec', { command: 'echo done' });
          // Between the old server and the new one nobody listens.
          if (answer === undefined) continue;
          if (answer.status === 202) accepted.push(((await answer.json()) as { jobId: string }).jobId);
          else refused.push(`${answer.status}, ${answer.headers.get('retry-after')}`);
        }
      };
      const clients = [300, 500, 700].map(client);
      await waitFor('jobs before the update', () => accepted.length > 5);
      expect((await world.ask('/update', { when: 'idle' })).status).toBe(202);
      await world.until('version 2', ({ version }) => version === '2.0.0');
      pace = 1;
      const before = accepted.length;
      await waitFor('jobs after the update', () => accepted.length > before + 5);
      stop.abort();
      await Promise.all(clients);
      for (const id of accepted)
        await waitFor(`job ${id}`, async () => (await world.job(id)).stdout?.trim() === 'done');
      expect(refused.filter((one) => one !== '503, 2')).toEqual([]);
    }, 120_000);

    test('a plain start without arguments says where it is, and a second one that it is there already', async () => {
      const world = await open();
      world.start();
      const at = await waitFor('the address', () => /listens on (\S+)/.exec(world.said)?.[1]);
      await waitFor('all of it', () => world.said.includes('run "echo hi"'));
      expect(world.said).toContain(`console  ${at} (asks for the key)`);
      expect(world.said).toMatch(/key {6}(made now|configured), kept in /);
      // Nobody is there to press Enter: it does not wait.
      expect(await world.start().exited).toBe(1);
      await waitFor('it to be told', () => world.said.includes(`agent-server already runs at ${at}`));
    }, 120_000);

    test('a version that fails its self-test is not put in place', async () => {
      const world = await open();
      await world.serve('--wrapper');
      await world.release('3.0.0-selftest', 3);
      await world.ask('/update', {});
      const { version, lastError } = await world.until('the end', (now) => now.lastError !== undefined);
      expect(version).toBe('1.0.0');
      expect(lastError).toContain('fails its self-test here');
      expect(world.installed.filter((name) => name.includes('.new-') || name.includes('.old-'))).toEqual([]);
    }, 120_000);

    test.each(['downloading', 'trying', 'trial'] as const)(
      'all is killed while it is %s: the next start is the old version or the new one, with nothing left behind',
      async (state) => {
        const world = await open();
        const supervisor = await world.serve('--wrapper');
        const job = await submit(world, 'echo before');
        await waitFor('the job', async () => (await world.job(job)).exitCode === 0);
        await world.release('2.0.0', 2);
        world.holdsExecutables = state === 'downloading';
        await world.ask('/update', {});
        // A state that was over between two looks has led to version 2.
        await world.until(state, (now) => now.state === state || now.version === '2.0.0');
        supervisor.kill('SIGKILL');
        await world.endServer();
        world.holdsExecutables = false;
        await world.serve('--wrapper');
        const { version } = await world.until('the end of a trial', (now) => now.state === 'idle');
        // What tests itself may be in its place by the time it is killed.
        const possible = { downloading: ['1.0.0'], trying: ['1.0.0', '2.0.0'], trial: ['2.0.0'] }[state];
        expect(possible).toContain(version);
        expect(await world.job(job)).toMatchObject({ status: 'completed', exitCode: 0 });
        await waitFor('leftovers to be removed', () => !world.installed.some((name) => /\.(old|new)-/.test(name)));
      },
      120_000,
    );

    test('the supervisor is killed: the server ends, its job goes on, and the next start takes it up', async () => {
      const world = await open();
      const supervisor = await world.serve('--wrapper');
      const running = await submit(world, system.waitFor(world.machine.native('gate')));
      await waitFor('the job to run', async () => (await world.job(running)).status === 'running');
      supervisor.kill('SIGKILL');
      await waitFor('the server to end', async () => (await world.update()) === undefined);
      await world.serve('--wrapper');
      expect(await world.job(running)).toMatchObject({ status: 'running' });
      await Bun.write(world.host('gate'), '');
      await waitFor('the job to end', async () => (await world.job(running)).exitCode === 0);
    }, 120_000);
  });
}
