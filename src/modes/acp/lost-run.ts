/** An acp job whose server was killed: its agent has ended too, and its log says how far it had come. */
import { isSessionEntry, fieldsOf, textOf } from '../../agents/session/entry.ts';
import { EventLog } from '../../events/log.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { Running, RunRequest } from '../../jobs/runner.ts';
import { JobEvents } from './job-events.ts';
import { resultsOf, timedOutAfter } from './results.ts';

const KILLED = 'the server was killed while the agent ran';

export const logOf = (folder: JobFolder): string => folder.file('agent.jsonl');

export async function lostRun({ folder, spec }: RunRequest): Promise<Running> {
  const events = new JobEvents();
  let acpSessionId: string | undefined;
  using log = await EventLog.open(logOf(folder), isSessionEntry);
  for (const entry of log.entries()) {
    events.add(entry);
    if (entry.event === 'state') acpSessionId = textOf(fieldsOf(entry.data)['acpSessionId']) ?? acpSessionId;
  }
  const results = (stopReason: string, acpError: string) => resultsOf(acpSessionId, stopReason, events, acpError);
  return {
    ended: Promise.resolve({ known: true, exitCode: 1, results: results('error', KILLED) }),
    write: async () => 'process-gone',
    closeInput() {},
    /** That server had begun to end it. */
    end: async (because) =>
      because === 'timeout'
        ? { exitCode: 1, noted: false, results: results('timeout', timedOutAfter(spec.timeoutMs)) }
        : { results: results('cancelled', 'cancelled') },
    release() {},
  };
}
