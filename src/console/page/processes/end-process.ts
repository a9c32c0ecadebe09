/** Ends a process, once that was confirmed: by asking it, and where that does not help by force. */
import type { ProcessResource } from '../../../protocol/processes.ts';
import { announce } from '../announce.ts';
import { confirm } from '../dialog.ts';
import { h } from '../element.ts';
import { inReadingOrder } from '../one-line.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { titleOf } from './process-text.ts';

export type EndingSignal = 'SIGTERM' | 'SIGKILL';

const WORDS = {
  SIGTERM: {
    title: 'End',
    body: 'It is asked to end (SIGTERM), and may take its time for that. What it has started is not asked.',
    yes: 'End the process',
    done: 'was asked to end',
  },
  SIGKILL: {
    title: 'Kill',
    body: 'It ends at once (SIGKILL): what it has not saved is lost. What it has started is left running.',
    yes: 'Kill the process',
    done: 'was killed',
  },
} as const;

/** Resolves to whether the signal was sent. The mark of the process goes with it: the number may be another one's by now. */
export async function endProcess(
  { client, connection }: Pick<Context, 'client' | 'connection'>,
  process: ProcessResource,
  signal: EndingSignal,
): Promise<boolean> {
  const { pid, startTime, command, jobId } = process;
  const { title, body, yes, done } = WORDS[signal];
  const agreed = await confirm({
    title: `${title} process ${pid}?`,
    body: [
      h('p', { class: 'named mono' }, inReadingOrder(command ?? '') || titleOf(process)),
      h('p', {}, body),
      jobId !== undefined && h('p', {}, 'It belongs to a job: to cancel that ends everything that it has started.'),
    ],
    yes,
    no: 'Keep the process',
  });
  if (!agreed) return false;
  try {
    await client.processes.signal(pid, { signal, startTime });
    announce(`Process ${pid} ${done}`);
    return true;
  } catch (error) {
    reportFailure(connection, error);
    return false;
  }
}
