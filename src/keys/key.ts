/** A key as it is kept and shown: never the key itself. Times are Unix milliseconds. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** What it may do. Words that this version does not know are kept, and allow nothing. */
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** Absent: never. */
  readonly expiresAt?: number;
  /** To the minute; absent: not yet. */
  readonly lastUsedAt?: number;
  /** Folders and ports that it is bound to, as they were given; absent: to none. */
  readonly roots?: readonly string[];
  readonly ports?: string;
}

/** `expired`: it opens nothing any more. */
export interface ListedKey extends KeyRecord {
  readonly expired: boolean;
}

export interface KeptKey extends KeyRecord {
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
}
