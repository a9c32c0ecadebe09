/**
 * The events of a watched folder, over as many connections as it takes: each one goes on after the last event that came.
 * `overflow` says where that was not possible.
 */
import type { FileWatchEvent } from '../../protocol/files/watch.ts';
import { chunksOf } from '../chunks.ts';
import { ClientError } from '../failure.ts';
import { pause } from '../pause.ts';
import { parseSse } from '../sse.ts';
import type { Transport } from '../transport.ts';

export interface WatchOptions {
  /** Also what is in folders in it, whatever the depth. Default false. */
  readonly recursive?: boolean;
  /** Globs of what is left out; one without a slash is of names at any depth. Default: none. */
  readonly exclude?: readonly string[];
  /** `git` leaves out what git does; `none`: nothing. Default `git`. */
  readonly ignore?: 'git' | 'none';
  /** Seconds from look to look, 1 to 3600, for file systems of a network. Default: the system tells. */
  readonly pollSeconds?: number;
  /** The `id` of the event to go on after. Default: none. */
  readonly since?: string;
  /** Milliseconds that a server which went away is given to come back. Default: the client's own. */
  readonly retryForMs?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** With the id to go on after. */
export type WatchedEvent = FileWatchEvent & { readonly id: string };

/** Three heartbeats of the server: a connection that is silent for longer is taken for dead. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 100;
const TYPES: ReadonlySet<string> = new Set<FileWatchEvent['type']>(['create', 'change', 'delete', 'overflow', 'ready']);

export async function* watchFiles(
  transport: Transport,
  path: string,
  { recursive = false, exclude = [], ignore, pollSeconds, since, retryForMs, signal }: WatchOptions = {},
): AsyncGenerator<WatchedEvent> {
  const search = new URLSearchParams({
    path,
    ...(recursive && { recursive: '1' }),
    ...(ignore !== undefined && { ignore }),
    ...(pollSeconds !== undefined && { poll: String(pollSeconds) }),
  });
  for (const glob of exclude) search.append('exclude', glob);
  let last = since;
  for (;;) {
    const { body } = await transport.stream({
      path: `/files/watch?${search}`,
      headers: last === undefined ? {} : { 'last-event-id': last },
      // All of it is read before the answer begins.
      waitMs: Infinity,
      repeatable: true,
      retryForMs,
      signal,
    });
    try {
      for await (const { id, event = '', data } of body === null ? [] : parseSse(chunksOf(body, SILENCE_MS, signal))) {
        // Of a later version there may be others.
        if (id === undefined || !TYPES.has(event)) continue;
        last = id;
        yield { ...(JSON.parse(data) as FileWatchEvent), id };
      }
    } catch (error) {
      if (!(error instanceof ClientError && error.transient)) throw error;
    }
    // A server on its way down takes connections that it closes at once.
    await pause(RECONNECT_MS, signal);
  }
}
