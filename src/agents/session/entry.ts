/** One entry of a session's event log, and how what an agent sends is looked at. */

export interface SessionEntry {
  /** Unix milliseconds. */
  readonly at: number;
  /** Kind of update of the protocol, or one of ours. */
  readonly event: string;
  readonly data: unknown;
}

/** Where the entries of a session go. */
export interface SessionLog extends Disposable {
  /** Throws where an entry cannot be written. */
  append(entry: SessionEntry): void;
}

/** Whether this, read back from a log, is an entry. */
export function isSessionEntry(value: unknown): value is SessionEntry {
  return isFields(value) && typeof value['at'] === 'number' && typeof value['event'] === 'string' && 'data' in value;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What an agent sends is believed to be nothing before it was looked at. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
