/**
 * Fills a pane with a job's output.
 *
 *   short output ──▶ following: its events, both streams in the order they came, live
 *                        └── more than fits ──▶ the last lines of each stream, asked for again while it runs
 *
 * Output without end would keep the page busy with more text than anybody can read; its files can be downloaded.
 */
import { isFinished, type Client } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import { pause } from '../../../client/pause.ts';
import type { EndEvent } from '../../../protocol/feed.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { nextFrame } from '../next-frame.ts';
import { bytesText } from '../time-text.ts';
import type { OutputPane } from './output-pane.ts';

/** Characters of output that are followed line by line. */
const MAX_FOLLOWED = 2_000_000;
/** Characters after which a frame is drawn before more is read. */
const PER_FRAME = 100_000;
const TAIL_LINES = 1000;
const TAIL_MS = 1000;

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
  const bytes = (job.stdoutBytes ?? 0) + (job.stderrBytes ?? 0);
  if (bytes <= MAX_FOLLOWED && (await follow(client, job.jobId, pane, events, signal)) === 'to the end') return;
  await showTail(client, job.jobId, pane, events, signal);
}

async function follow(
  client: Client,
  id: string,
  pane: OutputPane,
  { started, ended }: OutputEvents,
  signal: AbortSignal,
): Promise<'to the end' | 'too much'> {
  let taken = 0;
  let inFrame = 0;
  for await (const event of client.follow(id, { retryForMs: Infinity, signal })) {
    switch (event.type) {
      case 'status':
        started();
        break;
      case 'stdout':
      case 'stderr':
        pane.write(event.type, event.text);
        taken += event.text.length;
        inFrame += event.text.length;
        break;
      case 'end':
        ended(event);
        break;
    }
    if (taken > MAX_FOLLOWED) return 'too much';
    if (inFrame > PER_FRAME) {
      inFrame = 0;
      await nextFrame(signal);
    }
  }
  return 'to the end';
}

async function showTail(
  client: Client,
  id: string,
  pane: OutputPane,
  { ended }: OutputEvents,
  signal: AbortSignal,
): Promise<void> {
  let shown = '';
  while (!signal.aborted) {
    const job = await tailOf(client, id, signal);
    if (job === undefined) {
      await pause(TAIL_MS, signal);
      continue;
    }
    const { stdout = '', stderr = '' } = job;
    if (stdout + stderr !== shown) {
      shown = stdout + stderr;
      pane.replace({ stdout, stderr });
    }
    const size = bytesText((job.stdoutBytes ?? 0) + (job.stderrBytes ?? 0));
    pane.note(`A long output, ${size} so far: the last lines of each stream. A download has it all.`);
    if (isFinished(job)) return ended(undefined);
    await pause(TAIL_MS, signal);
  }
}

/** Undefined while the server is away. */
async function tailOf(client: Client, id: string, signal: AbortSignal): Promise<JobResource | undefined> {
  try {
    return await client.job(id, { tailLines: TAIL_LINES, signal });
  } catch (error) {
    if (error instanceof ClientError && error.transient) return undefined;
    throw error;
  }
}
