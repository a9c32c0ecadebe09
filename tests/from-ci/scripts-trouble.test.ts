/** The two scripts of docs/from-ci.md where something is in the way: a restart, a lost answer, a tunnel, a wrong key, a cancel. */
import { describe, expect, test } from 'bun:test';
import { liveServer } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { addressOf, BuildMachine } from './build-machine.ts';
import { SCRIPT_HOSTS } from './script-hosts.ts';
import { Tunnel } from './tunnel.ts';

const jobs = (rig: Rig): Promise<JobView[]> => rig.get<JobView[]>('/jobs');

describe.each(SCRIPT_HOSTS.map((host) => [host.name, host] as const))('the script in %s, in trouble', (_, host) => {
  test('shows output as it comes, once, also by a server that was killed and started again meanwhile', async () => {
    // It must get its port again, and the one behind it may be taken by then.
    await using rig = await Rig.start(liveServer, { flags: { 'terminal-port': '0' } });
    using machine = new BuildMachine();
    const [first, second] = [rig.gate(), rig.gate()];
    const { commands } = rig;
    const command = commands.chain(
      commands.print('before'),
      commands.waitForFile(first.path),
      commands.print('between'),
      commands.waitForFile(second.path),
      commands.exit(5),
    );
    const step = machine.start(host.run(command), addressOf(rig));
    await step.shown('before');
    await rig.kill9();
    await rig.restart({ port: String(rig.port) });
    first.open();
    await step.shown('between');
    second.open();
    expect(await step.ended()).toEqual({ code: 5, out: 'before\nbetween\n', err: '' });
    expect((await jobs(rig)).length).toBe(1);
  });

  test('starts one job, also where the answer to its submit was lost', async () => {
    await using rig = await Rig.start(liveServer);
    using tunnel = new Tunnel(rig.url);
    using machine = new BuildMachine();
    tunnel.lose = 1;
    const step = machine.start(host.run('echo once'), {
      AGENT_SERVER_URL: tunnel.url,
      AGENT_SERVER_KEY: rig.key,
      AGENT_SERVER_TUNNEL_TOKEN: tunnel.token,
    });
    expect(await step.ended()).toEqual({ code: 0, out: 'once\n', err: '' });
    expect(tunnel.lost).toBe(1);
    expect((await jobs(rig)).length).toBe(1);
  });

  test('a wrong key fails at once, and says so', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const step = machine.start(host.run('echo never'), { ...addressOf(rig), AGENT_SERVER_KEY: 'wrong' });
    const { code, out, err } = await step.ended();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('HTTP 401: {"error":"invalid or missing API key"}');
    expect(await jobs(rig)).toEqual([]);
  });

  test('goes through a tunnel with its token, which may have nobody behind it for a while, and not without', async () => {
    await using rig = await Rig.start(liveServer);
    using tunnel = new Tunnel(rig.url);
    using machine = new BuildMachine();
    tunnel.absent = 1;
    const env = { AGENT_SERVER_URL: `${tunnel.url}/`, AGENT_SERVER_KEY: rig.key };
    const step = machine.start(host.run('echo through; exit 4'), { ...env, AGENT_SERVER_TUNNEL_TOKEN: tunnel.token });
    expect(await step.ended()).toEqual({ code: 4, out: 'through\n', err: '' });
    expect(tunnel.absent).toBe(0);
    const refused = await machine.start(host.run('echo never'), env).ended();
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('HTTP 302') });
    expect((await jobs(rig)).length).toBe(1);
  });

  test('gives up where nobody answers', async () => {
    using machine = new BuildMachine();
    const unused = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const url = `http://127.0.0.1:${unused.port}`;
    unused.stop(true);
    const env = { AGENT_SERVER_URL: url, AGENT_SERVER_KEY: 'any', AGENT_SERVER_PATIENCE: '1' };
    const { code, out, err } = await machine.start(host.run('true'), env).ended();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/refused|connect/i);
    expect(machine.leftovers).toEqual([]);
  });

  test('a build that is cancelled cancels its job', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const marker = rig.marker();
    const step = machine.start(host.run(`echo begun; ${rig.commands.hang(marker)}`), addressOf(rig));
    await step.shown('begun');
    step.signal(host.cancel.signal);
    const { code } = await step.ended();
    expect(code).toBe(host.cancel.code);
    const [job] = await jobs(rig);
    expect(await rig.finished(job?.jobId ?? '')).toMatchObject({ status: 'failed', cancelled: true });
    expect(rig.marked(marker)).toEqual([]);
    expect(machine.leftovers).toEqual([]);
  });
});
