/** A session that is to be opened, and why it is not. */
import type { PolicyName } from './policy/policy-name.ts';
import type { AgentFailure } from './registry/agent-failure.ts';

export interface OpenRequest {
  readonly agent?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mcpServers?: readonly unknown[];
  readonly policy?: PolicyName;
  readonly model?: string;
  readonly mode?: string;
  readonly effort?: string;
  readonly instructions?: string;
  readonly resume?: string;
  /** Seconds a turn may take. */
  readonly timeout?: number;
}

export type OpenFailure =
  | Exclude<AgentFailure, { reason: 'agent-not-found' }>
  | { readonly reason: 'cwd-missing'; readonly cwd: string }
  | { readonly reason: 'too-many-sessions'; readonly limit: number }
  | { readonly reason: 'session-is-open'; readonly id: string }
  | { readonly reason: 'session-not-resumable'; readonly detail: string }
  /** A full disk, or one that cannot be written. */
  | { readonly reason: 'session-not-stored'; readonly detail: string }
  | { readonly reason: 'shutting-down' };
