/** One entry of a session's event log, and how what an agent sends is looked at. */
import { isObject } from '../is-object.ts';

export interface SessionEntry {
  /** Unix milliseconds. */
  readonly at: number;
  /** Kind of update of the protocol, or one of ours. */
  readonly event: string;
  readonly data: unknown;
  /** What the agent has said about an update beside it (`_meta`), where it has. */
  readonly meta?: unknown;
}

/** Kinds of entries that are not an update of the agent's. */
export const OWN_EVENTS: ReadonlySet<string> = new Set([
  'prompt',
  'turn_end',
  'permission',
  'permission_answer',
  'state',
  'stderr',
  'warning',
  'file_read',
  'file_write',
  'terminal_run',
  'terminal_end',
  'other_session',
  'attached',
  'detached',
]);

/** Where the entries of a session go. */
export interface SessionLog extends Disposable {
  /** Throws where an entry cannot be written. */
  append(entry: SessionEntry): void;
}

/** Whether this, read back from a log, is an entry. */
export function isSessionEntry(value: unknown): value is SessionEntry {
  return isObject(value) && typeof value['at'] === 'number' && typeof value['event'] === 'string' && 'data' in value;
}

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
