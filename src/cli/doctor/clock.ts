/** Compares the clock of the server with the one of this machine, by the Date header of an answer. */
import { fetchFrom } from '../connection/connect.ts';
import { reporter, type Finding } from './finding.ts';
import { ANSWER_TIMEOUT_MS } from './timeout.ts';

/** The header has whole seconds, and the way takes a moment; less than this harms nothing. */
const MAX_SKEW_MS = 10_000;

const report = reporter('clock');

export async function checkClock(url: string): Promise<Finding> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const asked = Date.now();
    const response = await fetchFrom(`${url}/healthz`, { redirect: 'manual', cache: 'no-store', signal });
    const answered = Date.now();
    await response.body?.cancel();
    return clockFinding(Date.parse(response.headers.get('date') ?? ''), asked, answered);
  } catch {
    return report('warn', 'the server’s clock is not known: it does not answer in time');
  }
}

/** `server`: its time, cut to whole seconds, in milliseconds; NaN where it was not said. */
export function clockFinding(server: number, asked: number, answered: number): Finding {
  if (Number.isNaN(server)) return report('warn', 'the server’s clock is not known: its answers have no date');
  // Zero where its second can have been at some moment of the call.
  const ahead = Math.max(0, server - answered) - Math.max(0, asked - (server + 1000));
  if (Math.abs(ahead) <= MAX_SKEW_MS) return report('ok', 'the clocks of the server and of this machine agree');
  return report(
    'warn',
    `the server’s clock is ${Math.round(Math.abs(ahead) / 1000)} seconds ${ahead > 0 ? 'ahead of' : 'behind'} this machine’s; keys, tickets and releases expire by it`,
    'synchronize both over the network (NTP)',
  );
}
