/** Why nothing came of what was asked of a session or its agent. */
import { fail } from '../../core/failure.ts';

interface NotOpen {
  readonly reason: 'session-not-open';
}

export type PromptFailure = NotOpen | { readonly reason: 'too-many-prompts'; readonly limit: number };

export type UseFailure =
  | NotOpen
  | { readonly reason: 'agent-refused'; readonly code: number; readonly detail: string; readonly data?: unknown };

export const NOT_OPEN = fail({ reason: 'session-not-open' });
