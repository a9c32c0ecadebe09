/**
 * Tells a pane how far a job's output has come.
 *
 *   following: its events, live ──more than fits──▶ asking for its sizes while it runs
 *
 * What it prints is read as it is looked at; the events only tell that there is more.
 */
import { isFinished, type Client } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import { pause } from '../../../client/pause.ts';
import type { EndEvent } from '../../../protocol/feed.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { nextFrame } from '../next-frame.ts';
import type { OutputPane } from '../output/output-pane.ts';

/** Bytes of output that are followed by their events. */
const MAX_FOLLOWED = 2_000_000;
/** Bytes after which a frame is drawn before more is read. */
const PER_FRAME = 100_000;
const POLL_MS = 500;

export interface OutputEvents {
  readonly started: () => void;
  readonly ended: (event: EndEvent | undefined) => void;
}

export async function showOutput(
  client: Client,
  job: JobResource,
  pane: OutputPane,
  events: OutputEvents,
  signal: AbortSignal,
): Promise<void> {
  const { stdout, stderr } = sizesOf(job);
  if (stdout + stderr <= MAX_FOLLOWED && (await follow(client, job.jobId, pane, events, signal)) === 'to the end')
    return;
  await ask(client, job.jobId, pane, events, signal);
}

async function follow(
  client: Client,
  id: string,
  pane: OutputPane,
  { started, ended }: OutputEvents,
  signal: AbortSignal,
): Promise<'to the end' | 'too much'> {
  const sizes = { stdout: 0, stderr: 0 };
  let inFrame = 0;
  for await (const event of client.follow(id, { retryForMs: Infinity, signal })) {
    switch (event.type) {
      case 'status':
        started();
        break;
      case 'stdout':
      case 'stderr':
        sizes[event.type] = event.offset + event.bytes;
        pane.grown({ ...sizes });
        inFrame += event.bytes;
        break;
      case 'end':
        ended(event);
        break;
    }
    if (sizes.stdout + sizes.stderr > MAX_FOLLOWED) return 'too much';
    if (inFrame > PER_FRAME) {
      inFrame = 0;
      await nextFrame(signal);
    }
  }
  return 'to the end';
}

async function ask(
  client: Client,
  id: string,
  pane: OutputPane,
  { ended }: OutputEvents,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const job = await recordOf(client, id, signal);
    if (job !== undefined) {
      pane.grown(sizesOf(job));
      if (isFinished(job)) return ended(undefined);
    }
    await pause(POLL_MS, signal);
  }
}

const sizesOf = ({ stdoutBytes = 0, stderrBytes = 0 }: JobResource) => ({ stdout: stdoutBytes, stderr: stderrBytes });

/** Undefined while the server is away. */
async function recordOf(client: Client, id: string, signal: AbortSignal): Promise<JobResource | undefined> {
  try {
    return await client.job(id, { tailLines: 0, signal });
  } catch (error) {
    if (error instanceof ClientError && error.transient) return undefined;
    throw error;
  }
}
