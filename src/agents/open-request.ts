/** A session that is to be opened, and why it is not. */
import type { LinkAgent } from './connection/agent-link.ts';
import type { HostServicesRequest } from './host/services.ts';
import type { HostServices } from './session/host-services.ts';
import type { AskedOpening } from './session/opening.ts';
import type { SessionRecord } from './stored.ts';
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

/** What a client elsewhere brings along for its session. */
export interface ClientOpening {
  readonly request: AskedOpening;
  /** The record that is opened again. */
  readonly before: SessionRecord | undefined;
  /** Its agent, and whose files and terminals that uses. */
  readonly ports: { readonly link: LinkAgent; readonly host?: (request: HostServicesRequest) => HostServices };
  /** Milliseconds without use after which it is closed; undefined: never. */
  readonly idleMs: number | undefined;
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
