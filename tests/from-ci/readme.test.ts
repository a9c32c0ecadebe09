/** The few lines under "From CI" in README.md, as they stand there, in each shell of this machine. */
import { describe, expect, test } from 'bun:test';
import type { JobView, Rig } from '../support/rig.ts';
import { addressOf, BuildMachine } from './build-machine.ts';
import { SHELLS } from './script-hosts.ts';
import { ServerWithMake, sharedServerWithMake } from './server-with-make.ts';

const jobs = (rig: Rig): Promise<JobView[]> => rig.get<JobView[]>('/jobs');

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('the lines of README.md in %s', (_, shell) => {
  const server = sharedServerWithMake();
  const rig = () => server().rig;
  const start = (machine: BuildMachine, build: string, more: Readonly<Record<string, string>> = {}) =>
    machine.start([...shell, 'build.sh'], { ...addressOf(rig()), BUILD_ID: build, ...more });

  test('show both streams, and succeed with the command', async () => {
    server().make(`echo '"exitCode":9' "$1"; echo problem >&2`);
    using machine = new BuildMachine('README.md');
    const step = start(machine, '1');
    expect(await step.ended()).toEqual({ code: 0, out: '"exitCode":9 test\n', err: 'problem\n' });
  });

  test('fail with its exit code; the same build again is the same job', async () => {
    server().make('echo $$; exit 3');
    using machine = new BuildMachine('README.md');
    const before = (await jobs(rig())).length;
    const first = await start(machine, '2').ended();
    expect(first).toEqual({ code: 3, out: expect.stringMatching(/^\d+\n$/), err: '' });
    expect(await start(machine, '2').ended()).toEqual(first);
    expect((await jobs(rig())).length - before).toBe(1);
  });

  test('fail where the job was ended by somebody, which has no exit code of its own, as after a timeout', async () => {
    server().make('exec sleep 1000');
    using machine = new BuildMachine('README.md');
    const step = start(machine, '3');
    const job = await rig().waitFor('the job', async () =>
      (await jobs(rig())).find(({ exitCode }) => exitCode === undefined),
    );
    await rig().post(`/jobs/${job.jobId}/cancel`);
    expect(await step.ended()).toEqual({ code: 1, out: '', err: 'Command cancelled' });
  });

  test('fail at once with a wrong key', async () => {
    using machine = new BuildMachine('README.md');
    const before = (await jobs(rig())).length;
    const wrong = await start(machine, '4', { AGENT_SERVER_KEY: 'wrong' }).ended();
    expect(wrong).toMatchObject({ code: 1, out: '', err: expect.stringContaining('401') });
    expect((await jobs(rig())).length).toBe(before);
  });

  test('fail at once where the server refuses later on', async () => {
    const refuse = () => Response.json({ error: 'forbidden' }, { status: 403 });
    const accept = () => Response.json({ jobId: '0123456789ab', status: 'pending' }, { status: 202 });
    using other = Bun.serve({ hostname: '127.0.0.1', port: 0, routes: { '/exec': accept }, fetch: refuse });
    using machine = new BuildMachine('README.md');
    const env = { AGENT_SERVER_URL: `http://127.0.0.1:${other.port}`, AGENT_SERVER_KEY: 'any', BUILD_ID: '4711' };
    const { code, out, err } = await machine.start([...shell, 'build.sh'], env).ended();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('403');
  });
});

// Mostly waiting: all shells at once.
describe('the lines of README.md outlive a server that is killed and started again', () => {
  test.concurrent.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', async (_, shell) => {
    // It must get its port again, and the one behind it may be taken by then.
    await using server = await ServerWithMake.start({ flags: { 'terminal-port': '0' } });
    server.make('while [ ! -e gate ]; do sleep 0.02; done; echo through; exit 5');
    const { rig } = server;
    using machine = new BuildMachine('README.md');
    const step = machine.start([...shell, 'build.sh'], { ...addressOf(rig), BUILD_ID: '1' });
    const job = await rig.waitFor('the job', async () => (await jobs(rig))[0]);
    await rig.running(job.jobId);
    await rig.kill9();
    await rig.restart({ port: String(rig.port) });
    await Bun.write(rig.path('gate'), '');
    expect(await step.ended()).toMatchObject({ code: 5, out: 'through\n' });
  });
});
