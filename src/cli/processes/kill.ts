/** `agent-server kill PID|JOB`: sends a signal to a process of the server's machine, or to a job. */
import type { Client } from '../../client/client.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { printAnswer } from '../output.ts';

/** Ids of jobs have twelve characters, which may all be digits. */
const PID = /^\d{1,10}$/;

export const kill = defineVerb({
  name: 'kill',
  description: 'Send a signal to a process of the server’s machine, or to a job.',
  args: {
    target: {
      type: 'positional',
      required: true,
      description:
        'A process id, as `agent-server ps` shows it; or the id or the name of a job. A number of up to ten digits is a process id, unless --job is given.',
    },
    signal: {
      type: 'string',
      alias: 's',
      valueHint: 'NAME',
      default: 'SIGTERM',
      description: 'Name of the signal, with or without SIG. Windows has SIGINT, SIGTERM and SIGKILL.',
    },
    job: { type: 'boolean', description: 'A job is meant, also where its name is a number.' },
    tree: { type: 'boolean', description: 'Of a job: to everything that it has started.' },
    ...CONNECT_ARGS,
  },
  examples: ['kill 4711', 'kill 4711 --signal KILL', 'kill 4f1c0a9be2d3 --signal INT --tree', 'kill --job 8080'],
  completes: { target: 'job' },
  run({ args }) {
    const { target, tree = false, job = false } = args;
    const isPid = PID.test(target) && !job;
    if (isPid && tree)
      return refuseUsage(
        `--tree is only valid with a job, and ${target} is a process id; --job means the job of that name`,
        'kill',
      );
    const named = args.signal.toUpperCase();
    const signal = named.startsWith('SIG') ? named : `SIG${named}`;
    return withClient({ ...args, named: target }, async (client) => {
      const answer = isPid
        ? await toProcess(client, Number(target), signal)
        : await client.signal(target, { signal, tree });
      const count = answer.signalled;
      await printAnswer(
        args.json,
        { target, signal, ...answer },
        count === 0
          ? `${target} has just ended`
          : `${signal} sent to ${count} ${count === 1 ? 'process' : 'processes'}`,
      );
      return 0;
    });
  },
});

/** The mark is that of the process which has the number now: what had it before is not signalled, and cannot be. */
async function toProcess(client: Client, pid: number, signal: string) {
  const { startTime } = await client.processes.get(pid);
  return client.processes.signal(pid, { signal, startTime });
}
