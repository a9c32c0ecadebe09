/** `agent-server logs ID`: shows the output of a job, as far as there is any or until the job ends. */
import { isFinished, type Client } from '../../client/client.ts';
import type { OutputStream } from '../../client/follow.ts';
import { decodeUtf8 } from '../../core/utf8.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { startOfTail } from './logs-tail.ts';
import { textEvents } from './logs-text.ts';
import { printJson, write } from '../output.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

export const logs = defineVerb({
  name: 'logs',
  description: 'Show the output of a job: its stdout on stdout, its stderr on stderr.',
  args: {
    id: { type: 'positional', required: true, description: 'Job id, as `agent-server jobs` shows it.' },
    follow: { type: 'boolean', alias: 'f', description: 'Keep showing new output until the job ends.' },
    stdout: { type: 'boolean', description: 'Only standard output.' },
    stderr: { type: 'boolean', description: 'Only standard error.' },
    tail: { type: 'string', valueHint: 'N', description: 'Only the last N lines of each stream.' },
    ...CONNECT_ARGS,
  },
  examples: [
    'logs 4f1c0a9be2d3',
    'logs 4f1c0a9be2d3 -f --tail 20',
    'logs 4f1c0a9be2d3 --stderr > errors.txt',
    'logs 4f1c0a9be2d3 -f --json',
  ],
  completes: { id: 'job' },
  run({ args }) {
    const { id, tail } = args;
    if (tail !== undefined && !/^\d{1,9}$/.test(tail))
      return refuseUsage('--tail must be a whole number of lines', 'logs');
    const wanted = streamsOf(args.stdout === true, args.stderr === true);
    return withClient({ ...args, named: id }, async (client) => {
      const from = await startsOf(client, id, wanted, tail === undefined ? undefined : Number(tail));
      const json = args.json === true;
      await (args.follow ? followOutput(client, id, from, json) : showOutput(client, id, from, json));
      return 0;
    });
  },
});

/** The streams to show, and the offset where each begins. */
type Starts = ReadonlyMap<OutputStream, number>;

const streamsOf = (stdout: boolean, stderr: boolean): readonly OutputStream[] =>
  stdout === stderr ? ['stdout', 'stderr'] : stdout ? ['stdout'] : ['stderr'];

async function startsOf(
  client: Client,
  id: string,
  streams: readonly OutputStream[],
  tail: number | undefined,
): Promise<Starts> {
  // Asked for even where the sizes are not needed, so that an unknown job is reported before anything is printed.
  const job = await client.job(id, { tailLines: 0 });
  const totals = { stdout: job.stdoutBytes ?? 0, stderr: job.stderrBytes ?? 0 };
  const starts = streams.map(
    async (stream) =>
      [stream, tail === undefined ? 0 : await startOfTail(client, id, stream, totals[stream], tail)] as const,
  );
  return new Map(await Promise.all(starts));
}

async function showOutput(client: Client, id: string, starts: Starts, json: boolean): Promise<void> {
  for (const [stream, from] of starts) {
    const chunks = client.output(id, stream, { from });
    if (json) for await (const event of textEvents(chunks, from)) await printJson({ type: stream, ...event });
    else for await (const chunk of chunks) await write(stream, chunk);
  }
  if (!json) return;
  const { jobId, status, exitCode, durationMs, timedOut, cancelled = false } = await client.job(id, { tailLines: 0 });
  await printJson(
    isFinished({ status })
      ? { type: 'end', jobId, status, exitCode, durationMs, timedOut, cancelled }
      : { type: 'status', jobId, status },
  );
}

async function followOutput(client: Client, id: string, starts: Starts, json: boolean): Promise<void> {
  for await (const event of client.follow(id)) {
    if (event.type === 'status' || event.type === 'end') {
      if (json) await printJson(event);
      continue;
    }
    const start = starts.get(event.type);
    if (start === undefined || event.offset + event.bytes <= start) continue;
    const skip = Math.max(0, start - event.offset);
    if (json && skip === 0) {
      await printJson(event);
      continue;
    }
    const bytes = (await client.bytesOf(id, event)).subarray(skip);
    if (!json) await write(event.type, bytes);
    else
      await printJson({
        ...event,
        offset: start,
        bytes: bytes.length,
        text: decodeUtf8(bytes),
      });
  }
}
