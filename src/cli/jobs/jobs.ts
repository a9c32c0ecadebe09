/** `agent-server jobs`: lists jobs, running and ended. */
import { isFinished, type JobsOptions } from '../../client/client.ts';
import { foreignLine } from '../foreign-line.ts';
import type { JobResource } from '../../protocol/job.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { paint } from '../output.ts';
import { age, duration, printList, table } from '../table.ts';
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const HEAD = ['ID', 'STATUS', 'EXIT', 'AGE', 'DURATION', 'COMMAND'];

export const jobs = defineVerb({
  name: 'jobs',
  description: 'List jobs, newest first.',
  args: {
    limit: { type: 'string', valueHint: 'N', default: '20', description: 'List at most this many.' },
    status: {
      type: 'enum',
      options: ['pending', 'running', 'completed', 'failed', 'timeout'],
      description: 'Only jobs with this status.',
    },
    find: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'Only jobs whose command contains this text, in upper or lower case.',
    },
    cancelled: {
      type: 'boolean',
      description: 'Only jobs that were cancelled; with --no-cancelled only those that were not.',
    },
    before: { type: 'string', valueHint: 'ID', description: 'Only jobs submitted before this one, for the next page.' },
    ...CONNECT_ARGS,
  },
  examples: ['jobs', 'jobs --status running', 'jobs --find "npm test"', 'jobs --limit 100 --json'],
  completes: { before: 'job' },
  run({ args }) {
    const { limit, status, find, cancelled, before } = args;
    if (!/^[1-9]\d{0,6}$/.test(limit)) return refuseUsage('--limit must be a whole number from 1', 'jobs');
    // Without output: that of a page of jobs can be hundreds of megabytes.
    const options: JobsOptions = {
      limit: Number(limit),
      tailLines: 0,
      ...(status !== undefined && { status }),
      ...(find !== undefined && { find }),
      ...(cancelled !== undefined && { cancelled }),
      ...(before !== undefined && { before }),
    };
    const isFiltered = [status, find, cancelled, before].some((given) => given !== undefined);
    const none = isFiltered ? 'no such jobs' : `no jobs; try: ${PROGRAM} run "echo hi"`;
    return withClient(args, async (client) => {
      const found = await client.jobs(options);
      const rows = found.map((job) => row(job, Date.now()));
      await printList(args.json, found.map(withoutOutput), table(HEAD, rows), none);
      return 0;
    });
  },
});

/** The output was not asked for, and must not be shown as if it were empty. */
function withoutOutput({
  stdout: _1,
  stderr: _2,
  stdoutTruncated: _3,
  stderrTruncated: _4,
  ...job
}: JobResource): Partial<JobResource> {
  return job;
}

const COLOURS = { pending: 'dim', running: 'yellow', completed: 'green', failed: 'red', timeout: 'red' } as const;

function row(job: JobResource, now: number): string[] {
  const started = job.startedAt === null ? undefined : job.startedAt * 1000;
  const took = isFinished(job) ? (job.durationMs ?? 0) : started === undefined ? undefined : now - started;
  return [
    job.jobId,
    paint(COLOURS[job.status], job.cancelled === true ? 'cancelled' : job.status),
    job.exitCode === undefined ? '' : String(job.exitCode),
    age(now - job.submittedAt * 1000),
    took === undefined ? '' : duration(took),
    foreignLine(job.command),
  ];
}
