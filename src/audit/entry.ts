/** One line of the audit log: who did what to this server, and how that was answered. */

/** What is noted of a request. */
export interface AuditedRequest {
  /** Id of the key; null where there was no valid one. */
  readonly key: string | null;
  /** Address of the peer; null where there was no connection. */
  readonly peer: string | null;
  readonly method: string;
  /** As it was stated, such as `/jobs/{id}`; null: no route of this server. */
  readonly route: string | null;
  /** Names and ids alone. */
  readonly what: Readonly<Record<string, string>>;
  readonly status: number;
}

export interface AuditEntry extends AuditedRequest {
  /** Number of the entry; the first is 1, and none is used twice. */
  readonly seq: number;
  /** Unix seconds. */
  readonly time: number;
  /** Requests since the entry before that have none; absent: none. */
  readonly skipped?: number;
}
