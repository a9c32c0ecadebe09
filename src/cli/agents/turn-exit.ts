/** The exit code of `ask` for the way in which the turn ended. The transcript has said why. */
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import type { AgentTurn } from '../../protocol/agents.ts';

/** The same as `run`, and as timeout(1) of coreutils. */
const TIMEOUT_EXIT = 124;

export const ASK_EXIT_CODES = [
  ['0', 'The agent has ended its turn.'],
  [
    '1',
    'The turn did not end normally: an error, a refusal, max_tokens, max_turn_requests, or cancelled by somebody else.',
  ],
  ['2', 'The command line is wrong.'],
  [String(TIMEOUT_EXIT), 'The turn took longer than --timeout.'],
  ['130', 'Ctrl-C (143 after SIGTERM, 129 after SIGHUP).'],
  [OUTPUT_CLOSED[0], `${OUTPUT_CLOSED[1]} The turn was cancelled.`],
] as const;

export function exitOfTurn(stopReason: AgentTurn['stopReason']): number {
  if (stopReason === 'end_turn') return 0;
  return stopReason === 'timeout' ? TIMEOUT_EXIT : 1;
}
