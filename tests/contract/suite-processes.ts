/** Machine 3: processes of the machine, jobs' or not. */
import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { textOf } from '../../src/platform/machine/posix/text-of.ts';
import { startTimeIn } from '../../src/platform/process/posix/process-table-linux.ts';
import type { ProcessNode, ProcessTree } from '../../src/protocol/process-tree.ts';
import type { ProcessResource } from '../../src/protocol/processes.ts';
import type { Door } from '../support/doors.ts';
import { MODE, plainShell } from './session-shell.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function processesSuite(door: Door): void {
  notOnWindows(door, 'processes', 'what only POSIX says of processes: states, sessions, other users');
  const posixOnly = door.platform === 'posix';

  describe('processes', () => {
    const rig = sharedRig(door);
    const list = (query = '') => rig().get<ProcessTree>(`/processes${query}`);
    const hangs = (marker: string) => (posixOnly ? ['sleep', marker] : ['ping', '-n', marker, '127.0.0.1']);
    const startHanging = async (marker: string, fields: object = {}) => {
      const json = { mode: 'process', argv: hangs(marker), ...fields };
      const { jobId } = await rig().post<{ jobId: string }>('/exec', json);
      return rig().waitFor('its pid', async () => {
        const job = await rig().job(jobId);
        return job.pid === undefined ? undefined : { jobId, pid: job.pid, startTime: job.startTime };
      });
    };
    const signal = (pid: number | string, json: unknown) => rig().ask(`/processes/${pid}/signal`, { json });
    const end = async (jobId: string) => {
      await rig().post(`/jobs/${jobId}/cancel`);
      await rig().finished(jobId);
    };

    /** What every door has: Bun, or the executable that is made of it. */
    const runtime = async (): Promise<string> => {
      const { server } = await rig().get<{ server: { pid: number } }>('/system');
      return (await rig().get<ProcessResource>(`/processes/${server.pid}`)).args?.[0] ?? '';
    };

    test('those of a job are listed with what they are, and with the job', async () => {
      const marker = rig().marker();
      const before = Date.now() / 1000;
      const { jobId, pid, startTime } = await startHanging(marker);
      const { items } = await list();
      // On Windows its console is a process of the job, too.
      expect(items.filter((one) => one.jobId === jobId && one.pid === pid)).toMatchObject([
        {
          pid,
          startTime,
          name: posixOnly ? 'sleep' : expect.stringMatching(/^ping\.exe$/i),
          command: posixOnly ? expect.stringMatching(new RegExp(`sleep ${marker}$`)) : expect.stringContaining('ping'),
          user: expect.any(String),
          memory: expect.any(Number),
          threads: expect.any(Number),
          status: 'sleeping',
          cpu: expect.any(Number),
        },
      ]);
      const one = await rig().get<ProcessResource>(`/processes/${pid}`);
      expect(one.startTime).toBe(startTime ?? '');
      expect(one.memory).toBeGreaterThan(10_000);
      expect(Math.abs(one.startedAt - before)).toBeLessThan(60);
      expect(one).not.toHaveProperty('exitCode');
      if (posixOnly)
        expect(one).toMatchObject({ sid: expect.any(Number), pgid: expect.any(Number), cwd: rig().place.cwd });
      await end(jobId);
      expect((await list()).items.filter((process) => process.jobId === jobId)).toEqual([]);
    });

    test('its command line has its arguments, as they were given', async () => {
      const words = ['', 'two words', 'a "quote"', 'back\\slash\\', 'end\\"', 'größer, 漢字, 🦀', '%PATH%', '*'];
      const argv = [await runtime(), '-e', 'setTimeout(() => {}, 60_000)', ...words];
      const json = { mode: 'process', argv, env: { BUN_BE_BUN: '1' } };
      const { jobId } = await rig().post<{ jobId: string }>('/exec', json);
      const { pid } = await rig().waitFor('its pid', async () => {
        const job = await rig().job(jobId);
        return job.pid === undefined ? undefined : job;
      });
      // A process that is being made is still the one that makes it.
      const { args, command } = await rig().waitFor('its own arguments', async () => {
        const seen = await rig().get<ProcessResource>(`/processes/${pid}`);
        return seen.args?.[1] === '-e' ? seen : undefined;
      });
      expect(args?.slice(1)).toEqual(argv.slice(1));
      expect(command).toContain('größer, 漢字, 🦀');
      await end(jobId);
    });

    test('the tree of a job, with what it has started', async () => {
      const marker = rig().marker();
      const id = await rig().exec(rig().commands.hangAsGrandchild(marker));
      const tree = await rig().waitFor('the grandchild to be listed', async () => {
        const { items } = await list('?tree=1');
        const tops = items.filter((one) => one.jobId === id);
        // Not all of the shells stay: some become what they would start.
        const hanging = flatten(tops).some(({ name }) => /^(sleep|ping\.exe)$/i.test(name));
        return hanging && depthOf(tops) > 1 ? tops : undefined;
      });
      const flat = flatten(tree);
      expect(flat.every((one) => one.jobId === id)).toBe(true);
      for (const one of flat) for (const child of one.children ?? []) expect(child.ppid).toBe(one.pid);
      expect(ascending((await list()).items.filter((one) => one.jobId === id).map(({ pid }) => pid))).toEqual(
        ascending(flat.map(({ pid }) => pid)),
      );
      await end(id);
    });

    test('all of the machine, in an order, so many at most', async () => {
      const { items, total } = await list('?all=1&limit=10000');
      expect(items).toHaveLength(total);
      expect(items.map(({ pid }) => pid)).toEqual(items.map(({ pid }) => pid).toSorted((a, b) => a - b));
      const big = (await list('?all=1&sort=memory&limit=3')).items;
      expect(big).toHaveLength(3);
      const sizes = big.map(({ memory }) => memory ?? -1);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      // They go on meanwhile.
      expect(sizes[0] ?? 0).toBeGreaterThanOrEqual(Math.max(...items.map(({ memory }) => memory ?? 0)) / 2);
      const names = (await list('?all=1&sort=name')).items.map(({ name }) => name);
      expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    });

    test('cpu is % of one core: one that is busy uses some, one that sleeps none', async () => {
      const marker = rig().marker();
      const idle = await startHanging(marker);
      const busy = await rig().exec(posixOnly ? 'while :; do :; done' : 'for /l %i in (1,0,2) do @rem');
      await rig().running(busy);
      // A machine that is busy itself may give it less for a while.
      await rig().waitFor('it to be seen busy', async () => {
        const { items } = await list('?sort=cpu');
        const cpuOf = (id: string) => items.find(({ jobId }) => jobId === id)?.cpu ?? 0;
        expect(Math.max(...items.map(({ cpu }) => cpu ?? 0))).toBeLessThan(150);
        return cpuOf(busy) > 0 && cpuOf(idle.jobId) === 0 && items[0]?.jobId === busy;
      });
      await end(busy);
      await end(idle.jobId);
    });

    test('environments are never told', async () => {
      const secret = `secret-${crypto.randomUUID()}`;
      const { jobId, pid } = await startHanging(rig().marker(), { env: { STORY_SECRET: secret } });
      expect(JSON.stringify(await list('?all=1&limit=10000'))).not.toContain(secret);
      expect(JSON.stringify(await rig().get(`/processes/${pid}`))).not.toContain(secret);
      await end(jobId);
    });

    test('one that has ended and was a job’s tells its exit code', async () => {
      const argv = posixOnly ? ['sh', '-c', 'exit 7'] : ['cmd', '/d', '/c', 'exit', '7'];
      const { jobId } = await rig().post<{ jobId: string }>('/exec', { mode: 'process', argv });
      const { pid, startTime } = await rig().finished(jobId);
      expect(await rig().get<ProcessResource>(`/processes/${pid}`)).toMatchObject({
        pid,
        startTime,
        status: 'ended',
        exitCode: 7,
        jobId,
      });
    });

    test('a signal reaches the process that is meant, and no other', async () => {
      const { jobId, pid, startTime } = await startHanging(rig().marker());
      expect(await signal(pid, { signal: 'SIGTERM' })).toMatchObject({
        status: 428,
        body: { error: expect.stringContaining('startTime is required') },
      });
      expect(await signal(pid, { signal: 'SIGTERM', startTime: '1@other' })).toMatchObject({
        status: 409,
        body: { error: `process ${pid} is another one: its startTime differs` },
      });
      expect((await rig().job(jobId)).status).toBe('running');
      expect(await signal(pid, { signal: 'SIGTERM', startTime })).toMatchObject({
        status: 200,
        body: { signalled: 1 },
      });
      expect(await rig().finished(jobId)).toMatchObject({ status: 'failed', exitCode: posixOnly ? 143 : 1 });
      await rig().waitFor('it to be gone', async () => {
        return (await signal(pid, { signal: 'SIGTERM', startTime })).status === 404;
      });
    });

    test('what may not be signalled is refused', async () => {
      const json = { signal: 'SIGTERM', startTime: 'any' };
      for (const pid of [0, 1, 4])
        expect(await signal(pid, json)).toMatchObject({
          status: 403,
          body: { error: `process ${pid} is one of the system’s or of this server’s own` },
        });
      const { server } = await rig().get<{ server: { pid: number } }>('/system');
      expect(await signal(server.pid, json)).toMatchObject({ status: 403 });
      expect(await signal(server.pid, { signal: 'SIGTERM' })).toMatchObject({ status: 403 });
      expect((await rig().get<ProcessResource>(`/processes/${server.pid}`)).pid).toBe(server.pid);
      const named = await signal(server.pid, { ...json, signal: 'SIGNOTHING' });
      expect(named).toMatchObject({ status: 400, body: { error: 'no such signal on this machine: "SIGNOTHING"' } });
      for (const wrong of [{}, { signal: 9 }, { signal: 'SIGTERM', startTime: 5 }])
        expect(await signal(7, wrong)).toMatchObject({ status: 400 });
    });

    test('parameters that are not valid, and processes that are not there', async () => {
      for (const query of ['?all=yes', '?tree=2', '?sort=age', '?limit=0', '?limit=10001', '?pid=1'])
        expect({ query, status: (await rig().ask(`/processes${query}`)).status }).toEqual({ query, status: 400 });
      for (const pid of ['x', '-1', '1.5', '4294967296'])
        expect({ pid, status: (await rig().ask(`/processes/${pid}`)).status }).toEqual({ pid, status: 400 });
      expect(await rig().ask('/processes/4294967290')).toMatchObject({
        status: 404,
        body: { error: 'there is no process 4294967290' },
      });
      expect(await signal(4_294_967_290, { signal: 'SIGTERM', startTime: 'x' })).toMatchObject({ status: 404 });
    });

    test('looking needs observe, a signal run', async () => {
      const looks = await addKey(rig(), ['observe']);
      const runs = await addKey(rig(), ['run']);
      expect((await rig().ask('/processes', { key: looks.key })).status).toBe(200);
      expect(await rig().ask('/processes', { key: runs.key })).toMatchObject({
        status: 403,
        body: { scope: 'observe' },
      });
      expect(await rig().ask('/processes/1', { key: runs.key })).toMatchObject({ status: 403 });
      const json = { signal: 'SIGTERM', startTime: 'x' };
      expect(await rig().ask('/processes/7/signal', { key: looks.key, json })).toMatchObject({
        status: 403,
        body: { scope: 'run' },
      });
      expect((await rig().ask('/processes', { key: null })).status).toBe(401);
    });

    test('a process that listens has its ports, as far as the caller may know of them', async () => {
      const script =
        'const l = Bun.listen({hostname:"127.0.0.1",port:0,socket:{data(){}}}); console.log("port=" + l.port + ".")';
      const json = { mode: 'process', argv: [await runtime(), '-e', script], env: { BUN_BE_BUN: '1' } };
      const { jobId } = await rig().post<{ jobId: string }>('/exec', json);
      const { stdout, pid } = await rig().printed(jobId, '.');
      const port = Number(/port=(\d+)\./.exec(stdout)?.[1]);
      expect(await rig().get<ProcessResource>(`/processes/${pid}`)).toMatchObject({ ports: [port], jobId });
      const narrow = await addKey(rig(), ['observe'], { ports: '1' });
      const { body } = await rig().ask(`/processes/${pid}`, { key: narrow.key });
      expect(body).toMatchObject({ pid, jobId });
      expect(body).not.toHaveProperty('ports');
      await end(jobId);
    });

    if (!posixOnly) return;

    test.skipIf(process.platform !== 'linux')('Linux: the number of a thread is no process', async () => {
      const { server } = await rig().get<{ server: { pid: number } }>('/system');
      const threads = readdirSync(`/proc/${server.pid}/task`)
        .map(Number)
        .filter((id) => id !== server.pid);
      // At once, since some come and go.
      const marked = threads.flatMap((thread) => {
        const stat = textOf(`/proc/${thread}/stat`);
        return stat === '' ? [] : [{ thread, startTime: startTimeIn(stat) }];
      });
      expect(marked.length).toBeGreaterThan(0);
      for (const { thread, startTime } of marked) {
        expect((await rig().ask(`/processes/${thread}`)).status).toBe(404);
        // A signal to the number of a thread goes to the process.
        expect((await signal(thread, { signal: 'SIGCONT', startTime })).status).toBe(404);
      }
    });

    test('a shell that only waits for a job is listed with all alone; what left the session is the job’s', async () => {
      const marker = rig().marker();
      const argv = ['sh', '-c', `setsid env -i sleep ${marker} & setsid sleep ${marker} & exec sleep ${marker}`];
      const { jobId } = await rig().post<{ jobId: string }>('/exec', { mode: 'process', argv });
      await rig().waitFor('three to run', () => rig().marked(marker).length === 3);
      const of = async (query: string) => (await list(query)).items.filter((one) => one.jobId === jobId);
      const pids = ascending((await of('')).map(({ pid }) => pid));
      expect(pids).toEqual(ascending(rig().marked(marker)));
      expect(await of('?all=1&limit=10000')).toHaveLength(4);
      await end(jobId);
    });

    test('what a job in a shell that is kept has started is the job’s while it runs', async () => {
      const marker = rig().marker();
      const fields = { mode: MODE, shell: plainShell(door), sessionKey: 'processes' };
      const id = await rig().exec(`sleep ${marker}`, fields);
      await rig().waitFor('it to run', () => rig().marked(marker).length === 1);
      const { items } = await list();
      expect(items.filter(({ jobId }) => jobId === id).map(({ pid }) => pid)).toContain(rig().marked(marker)[0] ?? 0);
      await end(id);
    });

    test('signals for whoever is no job’s, and statuses', async () => {
      const marker = rig().marker();
      await using child = Bun.spawn(['sleep', marker]);
      const found = await rig().get<ProcessResource>(`/processes/${child.pid}`);
      expect(found).toMatchObject({ ppid: process.pid, name: 'sleep', args: ['sleep', marker], status: 'sleeping' });
      expect(found).not.toHaveProperty('jobId');
      const mark = { startTime: found.startTime };
      expect(await signal(child.pid, { signal: 'SIGSTOP', ...mark })).toMatchObject({ status: 200 });
      await rig().waitFor('it to be stopped', async () => {
        return (await rig().get<ProcessResource>(`/processes/${child.pid}`)).status === 'stopped';
      });
      expect(await signal(child.pid, { signal: 'SIGCONT', ...mark })).toMatchObject({ status: 200 });
      expect(await signal(child.pid, { signal: 'SIGINT', ...mark })).toMatchObject({ status: 200 });
      await child.exited;
      expect(child.signalCode).toBe('SIGINT');
    });

    test.skipIf(process.platform !== 'linux')('a signal that Bun does not know by its name', async () => {
      await using child = Bun.spawn(['sleep', rig().marker()]);
      const { startTime } = await rig().get<ProcessResource>(`/processes/${child.pid}`);
      expect(await signal(child.pid, { signal: 'SIGPWR', startTime })).toMatchObject({ status: 200 });
      expect(await child.exited).toBe(128 + constants.signals.SIGPWR);
    });
  });
}

const flatten = (nodes: readonly ProcessNode[]): ProcessNode[] =>
  nodes.flatMap((node) => [node, ...flatten(node.children ?? [])]);

const depthOf = (nodes: readonly ProcessNode[]): number =>
  nodes.length === 0 ? 0 : 1 + Math.max(...nodes.map(({ children = [] }) => depthOf(children)));

const ascending = (pids: readonly number[]): number[] => pids.toSorted((a, b) => a - b);
