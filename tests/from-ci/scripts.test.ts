/** The two scripts of docs/from-ci.md, as they stand there, against a live server. */
import { describe, expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import type { JobView } from '../support/rig.ts';
import { addressOf, BuildMachine } from './build-machine.ts';
import { SCRIPT_HOSTS } from './script-hosts.ts';
import { Tunnel } from './tunnel.ts';

describe.each(SCRIPT_HOSTS.map((host) => [host.name, host] as const))('the script in %s', (_, host) => {
  const rig = sharedRig(liveServer);
  const jobs = (): Promise<JobView[]> => rig().get<JobView[]>('/jobs');

  test('shows both streams as they are, and fails with the exit code of its command', async () => {
    using machine = new BuildMachine();
    const command = `cd "$PWD"; printf 'one\\r\\ntwo "\\\\" 3\\t\\303\\251 \\360\\237\\230\\200'; echo problem >&2; exit 3`;
    const step = machine.start(host.run(command), addressOf(rig()));
    expect(await step.ended()).toEqual({ code: 3, out: 'one\r\ntwo "\\" 3\té 😀', err: 'problem\n' });
    expect(machine.leftovers).toEqual([]);
  });

  test('hands over a command with all that is special in JSON, of several lines, and where to run it, and succeeds with it', async () => {
    using machine = new BuildMachine();
    const command = `pwd\ncat <<'END'\n\t"a" 'b' \\n \\\\ %s $HOME \`é\` 😀 {"exitCode":9}\n\n  last\nEND\n`;
    const step = machine.start(host.run(command), { ...addressOf(rig()), AGENT_SERVER_WORKDIR: rig().place.home });
    const { code, out } = await step.ended();
    expect(out).toBe(`${rig().place.home}\n\t"a" 'b' \\n \\\\ %s $HOME \`é\` 😀 {"exitCode":9}\n\n  last\n`);
    expect(code).toBe(0);
    expect((await jobs())[0]?.command).toBe(command);
  });

  test('shows many megabytes whole', async () => {
    using machine = new BuildMachine();
    const step = machine.start(host.run('seq 1000000'), addressOf(rig()));
    const { code, out, err } = await step.ended();
    expect({ code, err, bytes: out.length }).toEqual({ code: 0, err: '', bytes: 6_888_896 });
    expect(out.split('\n').findIndex((line, index) => index < 1_000_000 && line !== String(index + 1))).toBe(-1);
  });

  test('fails with 124 when the time of its command is over', async () => {
    using machine = new BuildMachine();
    const marker = rig().marker();
    const step = machine.start(host.run(`echo begun; ${rig().commands.hang(marker)}`), {
      ...addressOf(rig()),
      AGENT_SERVER_TIMEOUT: '0.5',
    });
    const { code, out, err } = await step.ended();
    expect({ code, out }).toEqual({ code: 124, out: 'begun\n' });
    // On a line of its own, whatever was printed last.
    expect(err).toMatch(/^Command timed out\njob [0-9a-f]{12} took too long and was ended\r?\n$/);
  });

  test('a step that is tried again finds the job that it has started; one without a key of its own starts another', async () => {
    using machine = new BuildMachine();
    const env = { ...addressOf(rig()), AGENT_SERVER_IDEMPOTENCY_KEY: '4711-1-test' };
    const before = (await jobs()).length;
    const twice = [
      await machine.start(host.run('echo $$'), env).ended(),
      await machine.start(host.run('echo $$'), env).ended(),
    ];
    expect(twice[1]).toEqual(twice[0] as (typeof twice)[0]);
    const other = await machine.start(host.run('echo $$'), addressOf(rig())).ended();
    expect(other.out).not.toBe(twice[0]?.out as string);
    expect((await jobs()).length - before).toBe(2);
  });

  test.each([
    ['256, which a shell would take for 0', 256],
    ['that is not known', -1],
  ])('a code %s is a failure', async (_what, exitCode) => {
    using tunnel = new Tunnel(rig().url);
    using machine = new BuildMachine();
    tunnel.change = (answer) => answer.replace('"exitCode":0', `"exitCode":${exitCode}`);
    const step = machine.start(host.run('true'), {
      AGENT_SERVER_URL: tunnel.url,
      AGENT_SERVER_KEY: rig().key,
      AGENT_SERVER_TUNNEL_TOKEN: tunnel.token,
    });
    expect(await step.ended()).toMatchObject({
      code: 1,
      err: expect.stringContaining(`ended with exit code ${exitCode}`),
    });
  });
});
