/** The two scripts of docs/from-ci.md where something is in the way: a restart, a lost answer, a tunnel, a wrong key, a cancel. */
import { describe, expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { addressOf, BuildMachine } from './build-machine.ts';
import { SCRIPT_HOSTS } from './script-hosts.ts';
import { Tunnel } from './tunnel.ts';

const HOSTS = SCRIPT_HOSTS.map((host) => [host.name, host] as const);

/** The jobs whose command has this in it. */
const jobsOf = async (rig: Rig, words: string): Promise<JobView[]> =>
  (await rig.get<JobView[]>('/jobs?limit=100')).filter(({ command }) => command.includes(words));

// Mostly waiting: the stories of one script run at once.
describe.each(HOSTS)('the script in %s, in trouble', (_, host) => {
  const rig = sharedRig(liveServer);

  test.concurrent('shows output as it comes, once, also by a server that was killed and started again meanwhile', async () => {
    // It must get its port again, and the one behind it may be taken by then.
    await using mortal = await Rig.start(liveServer, { flags: { 'terminal-port': '0' } });
    using machine = new BuildMachine();
    const [first, second] = [mortal.gate(), mortal.gate()];
    const { commands } = mortal;
    const command = commands.chain(
      commands.print('before'),
      commands.waitForFile(first.path),
      commands.print('between'),
      commands.waitForFile(second.path),
      commands.exit(5),
    );
    const step = machine.start(host.run(command), addressOf(mortal));
    await step.shown('before');
    await mortal.kill9();
    await mortal.restart({ port: String(mortal.port) });
    first.open();
    await step.shown('between');
    second.open();
    expect(await step.ended()).toEqual({ code: 5, out: 'before\nbetween\n', err: '' });
    expect((await jobsOf(mortal, '')).length).toBe(1);
  });

  test.concurrent('starts one job, also where the answer to its submit was lost', async () => {
    using tunnel = new Tunnel(rig().url);
    using machine = new BuildMachine();
    tunnel.lose = 1;
    const word = crypto.randomUUID();
    const step = machine.start(host.run(`echo ${word}`), {
      AGENT_SERVER_URL: tunnel.url,
      AGENT_SERVER_KEY: rig().key,
      AGENT_SERVER_TUNNEL_TOKEN: tunnel.token,
    });
    expect(await step.ended()).toEqual({ code: 0, out: `${word}\n`, err: '' });
    expect(tunnel.lost).toBe(1);
    expect((await jobsOf(rig(), word)).length).toBe(1);
  });

  test.concurrent('a wrong key fails at once, and says so', async () => {
    using machine = new BuildMachine();
    const word = crypto.randomUUID();
    const step = machine.start(host.run(`echo ${word}`), { ...addressOf(rig()), AGENT_SERVER_KEY: 'wrong' });
    const { code, out, err } = await step.ended();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('HTTP 401: {"error":"invalid or missing API key"}');
    expect(await jobsOf(rig(), word)).toEqual([]);
  });

  test.concurrent('goes through a tunnel with its token, which may have nobody behind it for a while, and not without', async () => {
    using tunnel = new Tunnel(rig().url);
    using machine = new BuildMachine();
    tunnel.absent = 1;
    const word = crypto.randomUUID();
    const env = { AGENT_SERVER_URL: `${tunnel.url}/`, AGENT_SERVER_KEY: rig().key };
    const step = machine.start(host.run(`echo ${word}; exit 4`), { ...env, AGENT_SERVER_TUNNEL_TOKEN: tunnel.token });
    expect(await step.ended()).toEqual({ code: 4, out: `${word}\n`, err: '' });
    expect(tunnel.absent).toBe(0);
    const refused = await machine.start(host.run(`echo ${word}`), env).ended();
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('HTTP 302') });
    expect((await jobsOf(rig(), word)).length).toBe(1);
  });

  test.concurrent('gives up where nobody answers', async () => {
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

  test.concurrent('a build that is cancelled cancels its job', async () => {
    using machine = new BuildMachine();
    const marker = rig().marker();
    const step = machine.start(host.run(`echo begun; ${rig().commands.hang(marker)}`), addressOf(rig()));
    await step.shown('begun');
    step.signal(host.cancel.signal);
    const { code } = await step.ended();
    expect(code).toBe(host.cancel.code);
    const [job] = await jobsOf(rig(), marker);
    expect(await rig().finished(job?.jobId ?? '')).toMatchObject({ status: 'failed', cancelled: true });
    expect(rig().marked(marker)).toEqual([]);
    expect(machine.leftovers).toEqual([]);
  });
});
