/** Why there is no agent to start. */
import { enumerated } from '../../core/counted.ts';

export type AgentFailure =
  /** One word that is neither the id of an agent nor a program. */
  | { readonly reason: 'agent-unknown'; readonly agent: string; readonly known: readonly string[] }
  | {
      readonly reason: 'agent-not-found';
      /** As it was asked for: an id or a command line. */
      readonly agent: string;
      /** As it is written in the agent's command. */
      readonly program: string;
      /** Where it was looked for, in that order. */
      readonly folders: readonly string[];
      /** What was tried at the end of its name: `.EXE` and the like, on Windows. */
      readonly extensions: readonly string[];
      /** Path of a program that has the name, and is known to be something else. */
      readonly other?: string;
    }
  | { readonly reason: 'agent-command-invalid'; readonly agent: string; readonly message: string };

/** The failure as a sentence without its full stop. */
export function agentFailureText(failure: AgentFailure): string {
  switch (failure.reason) {
    case 'agent-unknown':
      return `there is no agent "${failure.agent}", and no program of that name on the PATH; the agents are ${enumerated(failure.known)}`;
    case 'agent-not-found': {
      const { program, other, folders, extensions } = failure;
      if (other !== undefined) return `${other} is another program, and not the agent ${failure.agent}`;
      const ending = extensions.length === 0 ? '' : ` (with ${extensions.join(', ')})`;
      const place = folders.length === 0 ? 'the PATH names no folder' : `looked in ${folders.join(', ')}${ending}`;
      return `the program "${program}" of the agent was not found: ${place}`;
    }
    case 'agent-command-invalid':
      return `the agent's command cannot be used: ${failure.message}`;
  }
}
