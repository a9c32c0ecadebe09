/** The descriptors of this process, and the connections among them that Bun's server accepted and does not show. */

export interface AcceptedConnection {
  /** As `peerName` has it. */
  readonly peer: string;
  /** Whether something has come, bytes or their end, that the server has not read yet. */
  readonly unread: boolean;
  /** Ends it in both directions. The server notices, and closes it. To be called in the same turn of the event loop. */
  end(): void;
}

export interface OpenDescriptors {
  /** How many are open, of every kind. */
  readonly count: number;
  /** The connections to these ports of ours, by descriptor. */
  accepted(ports: readonly number[]): AcceptedConnection[];
}

export interface Descriptors {
  /** How many may be open at once. */
  limit(): number;
  /** Synchronous, and also when there is no descriptor left. */
  look(): OpenDescriptors;
}
