/** What a view is given, and what it returns. */
import type { Client } from '../../client/client.ts';
import type { Health } from '../../protocol/health.ts';
import type { Connection } from './connection.ts';
import type { Store } from './store.ts';

export interface Context {
  readonly client: Client;
  readonly connection: Connection;
  /** What the server last said of itself. */
  readonly health: Store<Health | undefined>;
  /** The item of the view that the address names. */
  readonly selected: Store<string | undefined>;
  /** What the address says the list is filtered by. */
  readonly query: Store<string>;
}

/** Builds the view; it is taken off the page when the signal aborts. */
export type View = (context: Context, signal: AbortSignal) => HTMLElement;
