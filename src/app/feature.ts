/**
 * What a room offers to the HTTP layer. A room knows nothing of HTTP, settings or the server's life: its file in
 * app/ builds it from its settings and hands over a Feature. Everything that is said of the server as a whole (routes,
 * `/health`, what a stop would end) is put together from these, so that a further room changes nobody else.
 */
import type { AnyElysia } from 'elysia';
import type { Environment } from '../core/environment.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Metric } from '../core/metric.ts';
import type { Caller } from '../http/caller.ts';
import type { Exchange } from '../http/gateway.ts';
import type { LiveExchanges } from '../http/live-exchanges.ts';
import type { KeySource } from '../http/keyring.ts';
import type { OwnOrigins } from '../http/own-origins.ts';
import type { SocketKind } from '../http/sockets/kind.ts';
import type { Tickets } from '../http/tickets/tickets.ts';
import type { Mode } from '../modes/mode.ts';
import type { Launcher, Processes } from '../platform/process/process.ts';
import type { Activity, Health } from '../protocol/health.ts';
import type { Config } from '../settings/config.ts';
import type { ActiveKey } from './active-key.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What every room may be built from. */
export interface Base {
  readonly config: Config;
  /** The environment of the server. */
  readonly env: Environment;
  /** The same as commands see it: without what they must not see. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Gives commands that start from now on a variable; undefined takes it away. */
  readonly setCommandVariable: (name: string, value: string | undefined) => void;
  /** Shows a person a code that somebody has to enter elsewhere. */
  readonly showCode: ShowCode;
  readonly clock: Clock;
  readonly log: Log;
  readonly processes: Processes;
  readonly launcher: Launcher;
  readonly lifecycle: Lifecycle;
  /** The inherited key, whose rotations can be listened to. */
  readonly apiKey: ActiveKey;
  /** What goes on under each key, told of what outlives its exchange. */
  readonly live: LiveExchanges;
  readonly tickets: Tickets;
  /** Ends all that goes on under a key, tickets too, but for the request `except`: the key is none any more. */
  readonly endExchanges: (keyId: string, except?: Request) => void;
  /** Milliseconds between asking a process tree to end and ending it. */
  readonly graceMs: number;
}

/** Where a server listens, and how a room lets its further names in. */
export interface Listening {
  readonly port: number;
  /** Undefined where there is no port for terminals. */
  readonly terminalPort: number | undefined;
  /** Makes a lower-case host name one of this server, until disposed. */
  readonly allow: (host: string) => Disposable;
}

/** A code, where it is entered, and until when (Unix milliseconds). */
export type ShowCode = (shown: { readonly code: string; readonly enterAt: string; readonly expiresAt: number }) => void;

/** A room's own processes: a tree is named by the id of what it belongs to. */
export interface OwnTrees {
  /** Those that run. */
  active(): readonly string[];
  /** Also of one that is over: it may have left something in the background. */
  ownerOf(treeId: string): { readonly jobId: string } | { readonly terminalId: string } | undefined;
}

/** What is known of the ports of processes. */
export interface PortsOfProcesses {
  /** By pid. */
  listening(): Promise<ReadonlyMap<number, readonly number[]>>;
  /** Whether a caller with that restriction may know of a port. */
  readonly mayKnow: (port: number, restriction: string | undefined) => boolean;
}

export interface Feature {
  readonly routes?: readonly AnyElysia[];
  readonly sockets?: readonly SocketKind[];
  /** Origins of their own that it answers. At most one room has any. */
  readonly origins?: OwnOrigins;
  /** Keys that it keeps, beside the inherited one. */
  readonly keys?: KeySource;
  /** Values of `mode` that this room runs. */
  readonly modes?: readonly Mode[];
  /** Its own processes, by the tree that they belong to. */
  readonly trees?: OwnTrees;
  /** Where it makes files while it works. */
  readonly folders?: readonly string[];
  /** Its fields of `GET /health`, as that caller may see them; without one, as anybody may. */
  readonly health?: (caller?: Caller) => Partial<Health>;
  /** What is wrong with it right now, one sentence each, likewise. */
  readonly problems?: (caller?: Caller) => readonly string[];
  /** What of it is active. */
  readonly activity?: () => readonly Activity[];
  /** Its figures in `GET /metrics`, asked for at each scrape. */
  readonly metrics?: () => readonly Metric[];
  /** Sees every exchange once it is answered; never waits, never throws. */
  readonly observe?: (exchange: Exchange) => void;
  /** The server listens; called once, and never in a server without a port. Returns at once. */
  readonly listening?: (where: Listening) => void;
  /** Refuses new work from now on, with 503: the server is shutting down. Synchronous, so that nothing slips in between. */
  readonly drain?: () => void;
  /** Takes work again: it does not go down after all. */
  readonly resume?: () => void;
  /** Ends what would otherwise survive the server. */
  readonly endAll?: () => Promise<void>;
}
