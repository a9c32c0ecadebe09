/** Why a session is over whose agent has ended by itself. */
import type { AgentExit } from '../connection/agent-process.ts';

/** Characters of its stderr that are shown. */
const SHOWN = 1000;

/** `late`: its output has ended, and the program itself has not. */
export function endText(exit: AgentExit | 'late', stderr: string): string {
  const code = exit === 'late' ? undefined : exit.code;
  const how = code === undefined ? 'the agent has closed its output' : `the agent has ended with exit code ${code}`;
  const tail = stderr.trim().slice(-SHOWN);
  return tail === '' ? how : `${how}; the end of its stderr: ${tail}`;
}
