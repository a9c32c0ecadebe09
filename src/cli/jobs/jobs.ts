/** `agent-server jobs`: what ran and what runs. */
import { isFinished, type JobsOptions } from '../../client/client.ts';
import { escapeControls } from '../../core/text.ts';
import type { JobResource } from '../../protocol/job.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { note, paint, printJson, write } from '../output.ts';
import { age, duration, table } from '../table.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const STATUSES = ['pending', 'running', 'completed', 'failed', 'timeout'] as const;
const HEAD = ['ID', 'STATUS', 'EXIT', 'AGE', 'DURATION', 'COMMAND'];

export const jobs = defineVerb({
  name: 'jobs',
  description: 'List jobs, newest first.',
  args: {
    limit: { type: 'string', valueHint: 'N', description: 'At most so many. Default: 20.' },
    status: { type: 'string', valueHint: STATUSES.join('|'), description: 'Only jobs with this status.' },
    before: { type: 'string', valueHint: 'ID', description: 'Only jobs submitted before this one: the next page.' },
    ...CONNECT_ARGS,
  },
  examples: ['jobs', 'jobs --status running', 'jobs --limit 100 --json'],
  run({ args }) {
    const limit = args.limit ?? '20';
    if (!/^[1-9]\d{0,6}$/.test(limit)) return refuseUsage('--limit must be a whole number from 1', 'jobs');
    const status = STATUSES.find((one) => one === args.status);
    if (args.status !== undefined && status === undefined)
      return refuseUsage(`--status must be one of ${STATUSES.join(', ')}`, 'jobs');
    // No output comes along: a page of it can be hundreds of megabytes.
    const options: JobsOptions = {
      limit: Number(limit),
      tailLines: 0,
      ...(status !== undefined && { status }),
      ...(args.before !== undefined && { before: args.before }),
    };
    return withClient(args, async (client) => {
      const found = await client.jobs(options);
      if (args.json) await printJson(found.map(withoutOutput));
      else if (found.length === 0) note('no jobs; try: agent-server run "echo hi"');
      else
        await write(
          'stdout',
          `${table(
            HEAD,
            found.map((job) => row(job, Date.now())),
          )}\n`,
        );
      return 0;
    });
  },
});

/** What was not asked for must not look as if it were empty. */
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
    escapeControls(job.command),
  ];
}
