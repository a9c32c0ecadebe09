/** The two scripts of docs/from-ci.md, as they stand there, against a live server. */
import { describe, expect, test } from 'bun:test';
import { liveServer } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { addressOf, BuildMachine } from './build-machine.ts';
import { SCRIPT_HOSTS } from './script-hosts.ts';
import { Tunnel } from './tunnel.ts';

const jobs = (rig: Rig): Promise<JobView[]> => rig.get<JobView[]>('/jobs');

describe.each(SCRIPT_HOSTS.map((host) => [host.name, host] as const))('the script in %s', (_, host) => {
  test('shows both streams as they are, and succeeds with its command', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const command = `cd "$PWD"; printf 'one\\r\\ntwo "\\\\" 3\\t\\303\\251 \\360\\237\\230\\200'; echo problem >&2`;
    const step = machine.start(host.run(command), addressOf(rig));
    expect(await step.ended()).toEqual({ code: 0, out: 'one\r\ntwo "\\" 3\té 😀', err: 'problem\n' });
    expect(machine.leftovers).toEqual([]);
  });

  test('hands over a command with all that is special in JSON, of several lines, and where to run it', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const command = `pwd\ncat <<'END'\n\t"a" 'b' \\n \\\\ %s $HOME \`é\` 😀 {"exitCode":9}\n\n  last\nEND\n`;
    const step = machine.start(host.run(command), { ...addressOf(rig), AGENT_SERVER_WORKDIR: rig.place.home });
    const { code, out } = await step.ended();
    expect(out).toBe(`${rig.place.home}\n\t"a" 'b' \\n \\\\ %s $HOME \`é\` 😀 {"exitCode":9}\n\n  last\n`);
    expect(code).toBe(0);
    expect((await jobs(rig))[0]?.command).toBe(command);
  });

  test('shows many megabytes whole', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const step = machine.start(host.run('seq 1000000'), addressOf(rig));
    const { code, out, err } = await step.ended();
    expect({ code, err, bytes: out.length }).toEqual({ code: 0, err: '', bytes: 6_888_896 });
    expect(out.split('\n').findIndex((line, index) => index < 1_000_000 && line !== String(index + 1))).toBe(-1);
  });

  test('fails with the exit code of its command', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const step = machine.start(host.run('echo so far; exit 3'), addressOf(rig));
    expect(await step.ended()).toEqual({ code: 3, out: 'so far\n', err: '' });
  });

  test('fails with 124 when the time of its command is over', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const marker = rig.marker();
    const step = machine.start(host.run(`echo begun; ${rig.commands.hang(marker)}`), {
      ...addressOf(rig),
      AGENT_SERVER_TIMEOUT: '0.5',
    });
    const { code, out, err } = await step.ended();
    expect({ code, out }).toEqual({ code: 124, out: 'begun\n' });
    expect(err).toContain('Command timed out');
    expect(err).toMatch(/job [0-9a-f]{12} took too long and was ended\r?\n$/);
  });

  test('a step that is tried again finds the job that it has started; one without a key of its own starts another', async () => {
    await using rig = await Rig.start(liveServer);
    using machine = new BuildMachine();
    const env = { ...addressOf(rig), AGENT_SERVER_IDEMPOTENCY_KEY: '4711-1-test' };
    const twice = [
      await machine.start(host.run('echo $$'), env).ended(),
      await machine.start(host.run('echo $$'), env).ended(),
    ];
    expect(twice[1]).toEqual(twice[0] as (typeof twice)[0]);
    const other = await machine.start(host.run('echo $$'), addressOf(rig)).ended();
    expect(other.out).not.toBe(twice[0]?.out as string);
    expect((await jobs(rig)).length).toBe(2);
  });

  test.each([
    ['256, which a shell would take for 0', 256],
    ['of Windows', 4_294_967_295],
    ['that is not known', -1],
  ])('a code %s is a failure', async (_what, exitCode) => {
    await using rig = await Rig.start(liveServer);
    using tunnel = new Tunnel(rig.url);
    using machine = new BuildMachine();
    tunnel.change = (answer) => answer.replace('"exitCode":0', `"exitCode":${exitCode}`);
    const step = machine.start(host.run('true'), {
      AGENT_SERVER_URL: tunnel.url,
      AGENT_SERVER_KEY: rig.key,
      AGENT_SERVER_TUNNEL_TOKEN: tunnel.token,
    });
    expect(await step.ended()).toMatchObject({
      code: 1,
      err: expect.stringContaining(`ended with exit code ${exitCode}`),
    });
  });
});
