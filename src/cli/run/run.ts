/** `agent-server run "CMD"`: a command on the server as if it ran here. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { messageOf } from '../../core/failure.ts';
import type { EndEvent } from '../../protocol/feed.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { CONNECT_ARGS, isLocal, withClient } from '../connection/connect.ts';
import { Interrupts } from '../interrupts.ts';
import { complain, OutputClosed, print, printJson, write } from '../output.ts';
import { exitOf } from './exit.ts';
import { pipeInput } from './input.ts';
import { toExecRequest } from './options.ts';
import { checkSessionOptions, SESSION_ARGS, toRunSession } from './session.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

export const run = defineVerb({
  name: 'run',
  description:
    'Run a command on the server, show its output as it comes, and exit with its exit code. Ctrl-C cancels it.',
  args: {
    command: {
      type: 'positional',
      required: true,
      description:
        'Command text for the shell of the server, in quotes. Standard input is passed on unless it is a terminal.',
    },
    workdir: {
      type: 'string',
      valueHint: 'PATH',
      description: 'Where the command runs. Default: the current folder; on another machine, the folder of its server.',
    },
    timeout: {
      type: 'string',
      valueHint: 'SECONDS',
      description: 'Ends the command when it takes longer (exit code 124). Default: 300.',
    },
    env: {
      type: 'string',
      valueHint: 'NAME=VALUE',
      description: 'Environment variable for the command. May be repeated.',
    },
    background: {
      type: 'string',
      valueHint: 'keep|end',
      description: 'What becomes of processes that the command leaves in the background. Default: keep.',
    },
    ...SESSION_ARGS,
    detach: { type: 'boolean', description: 'Print the id of the job and leave it to the server.' },
    ...CONNECT_ARGS,
  },
  examples: [
    'run "echo hi"',
    'run "npm test" --workdir /srv/app --timeout 900 --env CI=1',
    'run "sort | uniq -c" < words.txt',
    'run "make all" --detach',
    'run --session build "cd /srv/app && export CI=1"',
  ],
  run({ args, all }) {
    const checked = checkSessionOptions(args);
    if (!checked.ok) return refuseUsage(checked.failure.message, 'run');
    return withClient(args, async (client) => {
      const here = isLocal(client.url) ? process.cwd() : undefined;
      const { command, workdir, timeout, background } = args;
      const session = await toRunSession(client, args);
      const request = toExecRequest({ command, workdir, timeout, background, env: all('env'), session }, here);
      if (!request.ok) return refuseUsage(request.failure.message, 'run');
      if (args.detach) {
        const { jobId } = await client.exec(request.value);
        if (args.json) await printJson({ jobId });
        else print(jobId);
        return 0;
      }
      using interrupts = new Interrupts();
      const job = new AttendedJob(client, interrupts, args.json === true);
      // Awaited here: returning the promise itself would stop listening for Ctrl-C at once.
      return await Promise.race([client.exec(request.value).then(({ jobId }) => job.attend(jobId)), interrupts.second]);
    });
  },
});

/** A job that somebody waits for: what comes of it goes out, what comes in goes to it. */
class AttendedJob {
  readonly #client: Client;
  readonly #interrupts: Interrupts;
  readonly #json: boolean;
  /** Set where we have ended the job for a reason of our own. */
  #exitCode: number | undefined;

  constructor(client: Client, interrupts: Interrupts, json: boolean) {
    this.#client = client;
    this.#interrupts = interrupts;
    this.#json = json;
  }

  /** Resolves to the exit code when the job is over. */
  async attend(jobId: string): Promise<number> {
    void this.#interrupts.first.then((code) =>
      this.#cancel(jobId, code, `cancelling job ${jobId}; press Ctrl-C again to leave without waiting for its end`),
    );
    try {
      if (this.#json) await printJson({ type: 'submitted', jobId });
      return await this.#follow(jobId);
    } catch (error) {
      // Nobody reads any more: the job ends, as a command in a pipe does.
      if (error instanceof OutputClosed) await this.#client.cancel(jobId);
      else if (error instanceof ClientError && error.passing)
        complain(`lost the server; the job may go on, see: agent-server logs ${jobId} -f`);
      throw error;
    }
  }

  async #follow(jobId: string): Promise<number> {
    for await (const event of this.#client.follow(jobId)) {
      if (this.#json) await printJson(event);
      else if (event.type === 'stdout' || event.type === 'stderr')
        await write(event.type, await this.#client.bytesOf(jobId, event));
      if (event.type === 'status' && !process.stdin.isTTY) void this.#passInput(jobId);
      if (event.type === 'end') return this.#exit(event);
    }
    return 1;
  }

  #exit(end: EndEvent): number {
    if (this.#exitCode !== undefined) return this.#exitCode;
    const { code, note } = exitOf(end);
    if (note !== undefined) complain(note);
    return code;
  }

  async #passInput(jobId: string): Promise<void> {
    try {
      await pipeInput(this.#client, jobId, Bun.stdin.stream());
    } catch (error) {
      // A command that got half of its input must not take it for the whole.
      const why = error instanceof ClientError ? explainClientError(error) : messageOf(error);
      await this.#cancel(jobId, 1, `standard input could not be passed on (${why}); cancelling job ${jobId}`);
    }
  }

  async #cancel(jobId: string, exitCode: number, because: string): Promise<void> {
    this.#exitCode ??= exitCode;
    complain(because);
    await this.#client
      .cancel(jobId)
      .catch((error: unknown) => complain(`job ${jobId} could not be cancelled: ${messageOf(error)}`));
  }
}
