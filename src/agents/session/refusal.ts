/** An error with which an agent answers in place of opening a session or running a prompt, for whoever acts on it. */
import { AUTH_REQUIRED } from '../connection/connection.ts';

export interface Refusal {
  /** Of JSON-RPC; undefined where the agent has answered, and not as it should. */
  readonly code: number | undefined;
  readonly data?: unknown;
  /** How one can log in, as the agent has told at its start. */
  readonly authMethods: readonly unknown[];
}

export const wantsLogin = ({ code }: Pick<Refusal, 'code'>): boolean => code === AUTH_REQUIRED;
