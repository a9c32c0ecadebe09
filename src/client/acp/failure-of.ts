/** Why a session or its turn has failed, as the caller is told. */
import type { AgentExit } from '../../agents/connection/agent-process.ts';
import type { AgentSession } from '../../agents/session/agent-session.ts';
import { wantsLogin } from '../../agents/session/refusal.ts';
import type { Turn, TurnEnd } from '../../agents/session/turn.ts';
import { explained, type Explained } from './agent-command.ts';

export interface Ended {
  readonly session: Pick<AgentSession, 'error' | 'refusal'>;
  readonly turn: Pick<Turn, 'refusal'> | undefined;
  readonly end: Pick<TurnEnd, 'error'> | undefined;
  /** Of an agent that has ended by itself. */
  readonly exit: AgentExit | undefined;
  /** The end of its standard error. */
  readonly stderr: string;
}

/** Undefined where nothing has failed. */
export function failureOf({ session, turn, end, exit, stderr }: Ended): Explained | undefined {
  const message = session.error ?? end?.error;
  if (message === undefined) return undefined;
  const refusal = session.refusal ?? turn?.refusal;
  // One that has refused and ended then has failed because of what it has said.
  if (refusal === undefined && exit !== undefined)
    return explained({ reason: 'agent-ended', exitCode: exit.code, stderr }, message);
  const { code, data, authMethods = [] } = refusal ?? { code: undefined };
  if (wantsLogin({ code })) return explained({ reason: 'login-required', authMethods }, message);
  return explained({ reason: 'agent-error', code, ...(data !== undefined && { data }) }, message);
}
