/**
 * The pipelines of docs/from-ci.md, each step of theirs run as the runner of its service would, through a tunnel that
 * lets nobody through without its token.
 */
import { describe, expect, test } from 'bun:test';
import { whyNoPowerShell } from '../install/powershell-world.ts';
import { BuildMachine, type Ended } from './build-machine.ts';
import { stepsOfDocument, variablesOf, type PipelineStep } from './pipeline-files.ts';
import { commandLine } from './runner.ts';
import { whyNoCurl } from './script-hosts.ts';
import { sharedServerWithMake, type ServerWithMake } from './server-with-make.ts';
import { Tunnel } from './tunnel.ts';

const STEPS = stepsOfDocument();
const missing = { bash: whyNoCurl, powershell: whyNoPowerShell };
const COMMIT = '9f2c1e7';

/** One run of a pipeline: the tunnel to the server, and the machine of the build. */
class World implements Disposable {
  readonly #server: ServerWithMake;
  readonly #run = crypto.randomUUID();
  readonly #tunnel: Tunnel;
  readonly machine = new BuildMachine();

  constructor(server: ServerWithMake, makeExitCode: number) {
    server.make(`echo "make: $*"; echo "make: ends with ${makeExitCode}" >&2; exit ${makeExitCode}`);
    this.#server = server;
    this.#tunnel = new Tunnel(server.rig.url);
  }

  run(step: PipelineStep, attempt = '1'): Promise<Ended> {
    const { url, token } = this.#tunnel;
    const { key } = this.#server.rig;
    const known = {
      'vars.AGENT_SERVER_URL': url,
      'secrets.AGENT_SERVER_KEY': key,
      'secrets.AGENT_SERVER_TUNNEL_TOKEN': token,
      'github.run_id': this.#run,
      'github.run_attempt': attempt,
      'github.job': step.job,
      AGENT_SERVER_URL: url,
      AGENT_SERVER_KEY: key,
      AGENT_SERVER_TUNNEL_TOKEN: token,
      'Build.BuildId': this.#run,
      'System.StageAttempt': '1',
      'System.JobId': `id-of-${step.job}`,
      'System.JobAttempt': attempt,
    };
    const own = { GITHUB_SHA: COMMIT, BUILD_SOURCEVERSION: COMMIT };
    return this.machine.start(commandLine(this.machine, step), { ...own, ...variablesOf(step, known) }).ended();
  }

  async jobs(): Promise<number> {
    return (await this.#server.rig.get<unknown[]>('/jobs')).length;
  }

  [Symbol.dispose](): void {
    this.machine[Symbol.dispose]();
    this.#tunnel[Symbol.dispose]();
  }
}

test('both services have a step in each shell', () => {
  expect(STEPS.map(({ service, shell }) => `${service} ${shell}`)).toEqual([
    'github bash',
    'github powershell',
    'azure bash',
    'azure powershell',
  ]);
});

describe('the pipelines', () => {
  const server = sharedServerWithMake();

  for (const step of STEPS)
    describe.skipIf(missing[step.shell] !== undefined)(`${step.service}, ${step.job}`, () => {
      if (missing[step.shell] !== undefined)
        console.log(`${step.service}, ${step.job}: skipped, ${missing[step.shell] ?? ''}`);

      test('succeeds with its command', async () => {
        using world = new World(server(), 0);
        expect(await world.run(step)).toEqual({
          code: 0,
          out: `make: test COMMIT=${COMMIT}\n`,
          err: 'make: ends with 0\n',
        });
      });

      test('fails with its exit code; tried again it is the same job, run again another', async () => {
        using world = new World(server(), 3);
        const before = await world.jobs();
        const failed = { code: 3, out: `make: test COMMIT=${COMMIT}\n`, err: 'make: ends with 3\n' };
        expect(await world.run(step)).toEqual(failed);
        expect(await world.run(step)).toEqual(failed);
        expect((await world.jobs()) - before).toBe(1);
        expect(await world.run(step, '2')).toEqual(failed);
        expect((await world.jobs()) - before).toBe(2);
      });
    });
});
