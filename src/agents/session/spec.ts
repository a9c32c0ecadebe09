/** What a session is made of. */
import type { Clock } from '../../core/clock.ts';
import type { LinkAgent } from '../connection/agent-link.ts';
import type { Confine } from '../policy/places.ts';
import type { PolicyName } from '../policy/policy-name.ts';
import type { SessionEntry, SessionLog } from './entry.ts';
import type { HostServices } from './host-services.ts';
import type { OpeningRequest } from './opening.ts';

export interface SessionSpec extends OpeningRequest {
  /** 12 hex digits; marks the processes, too. */
  readonly id: string;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** The complete environment of the agent. */
  readonly env: Readonly<Record<string, string>>;
  readonly policy: PolicyName;
  /** Goes before the first prompt. */
  readonly instructions: string | undefined;
  /** Milliseconds a turn may take. */
  readonly turnTimeoutMs: number | undefined;
  /** Whether a history that the agent replays is new to the log. */
  readonly logsHistory: boolean;
  /** Prompts that the log has already. */
  readonly turnsBefore: number;
  /** Title of the session that is resumed. */
  readonly titleBefore: string | null;
  /** Whether a turn waits a moment for what the agent may still say of its usage. */
  readonly awaitsUsage: boolean;
}

export interface SessionPorts {
  readonly log: SessionLog;
  readonly clock: Clock;
  readonly link: LinkAgent;
  /** `record`: what the agent does with them is an event, too. */
  readonly host: (record: (event: string, data: unknown) => void) => HostServices;
  readonly confine: Confine;
  readonly graceMs: number;
  /** Milliseconds until a permission request that nobody has answered is rejected. */
  readonly permissionTimeoutMs: number;
  /** Every entry, when it is in the log. */
  readonly recorded?: (entry: SessionEntry) => void;
  /** What is kept of the session on disk has changed. */
  readonly changed?: () => void;
}
