/** `agent-server ps`: processes of the server's machine. */
import { foreignLine } from '../foreign-line.ts';
import type { ProcessNode } from '../../protocol/process-tree.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { note } from '../output.ts';
import { age, printList, table } from '../table.ts';

const HEAD = ['PID', 'PPID', 'USER', 'CPU %', 'MEMORY', 'AGE', 'STATUS', 'JOB', 'COMMAND'];
const MIB = 1024 * 1024;

export const ps = defineVerb({
  name: 'ps',
  description: 'List processes of the server’s machine: those that jobs have started, or all.',
  args: {
    all: { type: 'boolean', alias: 'a', description: 'All processes of the machine, whoever started them.' },
    tree: { type: 'boolean', description: 'Each process below the one that started it.' },
    sort: {
      type: 'enum',
      options: ['cpu', 'memory', 'pid', 'name', 'startedAt'],
      description: 'In which order; cpu and memory: the most first. Default: pid.',
    },
    limit: { type: 'string', valueHint: 'N', default: '500', description: 'List at most this many, 1 to 10000.' },
    ...CONNECT_ARGS,
  },
  examples: ['ps', 'ps --all --sort cpu --limit 20', 'ps --tree', 'ps --all --json'],
  run({ args }) {
    const { all = false, tree = false, sort, limit } = args;
    if (!/^[1-9]\d{0,4}$/.test(limit)) return refuseUsage('--limit must be a whole number from 1 to 10000', 'ps');
    return withClient(args, async (client) => {
      const options = { all, tree, limit: Number(limit), ...(sort !== undefined && { sort }) };
      const { items, total } = await client.processes.list(options);
      const rows = rowsOf(items, Date.now());
      await printList(
        args.json,
        items,
        table(HEAD, rows),
        'no job has a process now; with --all: those of the machine',
      );
      if (args.json !== true && total > rows.length) note(`${total - rows.length} more, see --limit`);
      return 0;
    });
  },
});

function rowsOf(processes: readonly ProcessNode[], now: number, depth = 0): string[][] {
  return processes.flatMap((one) => [row(one, now, depth), ...rowsOf(one.children ?? [], now, depth + 1)]);
}

function row(
  { pid, ppid, user, cpu, memory, startedAt, status, jobId, command, name }: ProcessNode,
  now: number,
  depth: number,
) {
  return [
    String(pid),
    String(ppid),
    foreignLine(user ?? '-'),
    cpu === null ? '-' : cpu.toFixed(1),
    memory === null ? '-' : `${(memory / MIB).toFixed(1)} MiB`,
    age(now - startedAt * 1000),
    status,
    jobId ?? '-',
    `${'  '.repeat(depth)}${foreignLine(command ?? name)}`,
  ];
}
