/**
 * Follows changes in the folders that were used last. Each one costs a connection, of which a browser has six for a
 * server: the others are read anew when they are used again.
 */
import { ClientError } from '../../../client/failure.ts';
import { pause } from '../../../client/pause.ts';
import type { WatchedEvent } from '../../../client/files.ts';
import type { Context } from '../view.ts';

const MAX_FOLLOWED = 2;
const RETRY_MS = 1000;

export class LiveFolders {
  readonly #context: Context;
  readonly #changed: (folder: string, event: WatchedEvent) => void;
  readonly #signal: AbortSignal;
  /** By path, the one that was used last at the end. */
  readonly #followed = new Map<string, AbortController>();

  constructor(context: Context, changed: (folder: string, event: WatchedEvent) => void, signal: AbortSignal) {
    this.#context = context;
    this.#changed = changed;
    this.#signal = signal;
  }

  /** From now on its changes are told, beginning with `ready`. */
  use(path: string): void {
    const known = this.#followed.get(path);
    this.#followed.delete(path);
    const stop = known ?? new AbortController();
    this.#followed.set(path, stop);
    for (const [oldest, over] of this.#followed) {
      if (this.#followed.size <= MAX_FOLLOWED) break;
      over.abort();
      this.#followed.delete(oldest);
    }
    if (known === undefined) void this.#follow(path, AbortSignal.any([this.#signal, stop.signal]));
  }

  async #follow(path: string, signal: AbortSignal): Promise<void> {
    const { client, connection } = this.#context;
    while (!signal.aborted) {
      try {
        for await (const event of client.files.watch(path, { ignore: 'none', signal })) this.#changed(path, event);
      } catch (error) {
        if (signal.aborted) return;
        // What cannot be watched is read when it is opened, and by a press.
        if (!(error instanceof ClientError && error.transient)) return void this.#followed.delete(path);
        connection.explains(error);
      }
      await pause(RETRY_MS, signal).catch(() => undefined);
    }
  }
}
