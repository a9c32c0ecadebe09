/** `agent-server run "CMD"`: runs a command on the server as if it ran in this terminal. */
import { resolve } from 'node:path';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, isLocal, withClient } from '../connection/connect.ts';
import { Interrupts } from '../interrupts.ts';
import { printAnswer } from '../output.ts';
import { RUN_EXIT_CODES } from './exit.ts';
import { ForegroundJob } from './foreground-job.ts';
import { toExecRequest } from './options.ts';
import { SESSION_ARGS, sessionRequest } from './session.ts';

export const run = defineVerb({
  name: 'run',
  description: 'Run a command on the server, show its output live, and exit with its exit code. Ctrl-C cancels it.',
  args: {
    command: {
      type: 'positional',
      required: true,
      repeats: true,
      description:
        'Command line for the shell of the server, in quotes; with --program a program and its arguments. Standard input is passed to it unless it is a terminal; see --no-input.',
    },
    program: {
      type: 'boolean',
      alias: 'p',
      description:
        'Run a program with its arguments as they are, without a shell: put -- in front of it. It has no timeout unless --timeout sets one, and Ctrl-C reaches it as SIGINT; the second one ends it with everything it started.',
    },
    name: {
      type: 'string',
      valueHint: 'NAME',
      description: 'With --program: a name that other verbs take in place of the job’s id until it has ended.',
    },
    workdir: {
      type: 'string',
      valueHint: 'PATH',
      description:
        'Working directory of the command. Default: the current one; if the server is on another machine, the server’s own.',
    },
    timeout: {
      type: 'string',
      valueHint: 'SECONDS',
      description: 'End the command when it takes longer than this (exit code 124). Default: 300; with --program none.',
    },
    env: {
      type: 'string',
      valueHint: 'NAME=VALUE',
      description: 'Environment variable for the command. May be repeated.',
    },
    background: {
      type: 'enum',
      options: ['keep', 'end'],
      description: 'Whether processes that the command leaves in the background are kept or ended. Default: keep.',
    },
    'no-input': {
      type: 'boolean',
      alias: 'n',
      description:
        'Do not read standard input; that of the command is empty. For loops such as `while read`, whose input it would consume.',
    },
    ...SESSION_ARGS,
    detach: { type: 'boolean', description: 'Print the id of the job and exit without waiting for it.' },
    ...CONNECT_ARGS,
  },
  examples: [
    'run "echo hi"',
    'run "npm test" --workdir /srv/app --timeout 900 --env CI=1',
    'run "sort | uniq -c" < words.txt',
    'run -n "ping -c 1 box"',
    'run "make all" --detach',
    'run --program -- git log -- "a b"',
    'run --program --detach --name web -- node server.js',
    'run --session build "cd /srv/app && export CI=1"',
  ],
  exitCodes: RUN_EXIT_CODES,
  completes: { session: 'shell-session', shell: ['bash', 'zsh', 'sh', 'pwsh', 'powershell', 'cmd'] },
  run({ args, all }) {
    const { program = false } = args;
    const input = args['no-input'] !== true;
    const options = toExecRequest({ ...args, words: args._, input }, all('env'));
    if (!options.ok) return refuseUsage(options.failure.message, 'run');
    return withClient(args, async (client) => {
      // A server on this machine sees the same folders as we do.
      const workdir = isLocal(client.url) ? resolve(args.workdir ?? '') : args.workdir;
      const where = workdir === undefined ? {} : { workdir };
      const request =
        'argv' in options.value
          ? { ...options.value, ...where }
          : { ...options.value, ...where, ...(await sessionRequest(client, args)) };
      if (args.detach) {
        const { jobId } = await client.exec(request);
        await printAnswer(args.json, { jobId }, jobId);
        return 0;
      }
      using interrupts = new Interrupts();
      const job = new ForegroundJob(client, interrupts, { json: args.json === true, input, isProgram: program });
      // Awaited here: returning the promise itself would stop listening for Ctrl-C at once.
      return await Promise.race([client.exec(request).then(({ jobId }) => job.follow(jobId)), job.abandoned]);
    });
  },
});
