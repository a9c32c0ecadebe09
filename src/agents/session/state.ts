/** The states of a session; agent-session.ts has what leads from one to the other. */
import type { AgentConnection } from '../connection/connection.ts';
import type { Fields } from './entry.ts';
import type { OpeningFailure } from './opening.ts';

export type Ended =
  | { readonly at: 'failed'; readonly error: string; readonly refusal: OpeningFailure | undefined }
  | { readonly at: 'closed' };
export type State =
  | { readonly at: 'starting' }
  | { readonly at: 'open'; readonly connection: AgentConnection; readonly answer: Fields }
  | { readonly at: 'ending'; readonly as: Ended; readonly ended: Promise<void> }
  | Ended;

export type SessionStateName = 'starting' | 'idle' | 'running' | 'waiting' | 'failed' | 'closed';
