/**
 * The files by which a shell reports the ends of its commands: the name of each is handed on, and the file removed.
 *
 *   idle ──expect──▶ looking at intervals ──rest──▶ idle
 *
 * A watch of the folder (inotify, FSEvents) reports a new file at once. But a user may have only so many watches, a watch
 * may fail, and it may lose an event. So the folder is also looked at while a report is expected: seldom beside a
 * watch, often without one.
 */
import { readdirSync, unlinkSync, watch } from 'node:fs';
import { join } from 'node:path';

/** The part of `fs.watch` that is used here. May throw. */
export type WatchFolder = (
  folder: string,
  onChange: (event: string, name: string | null) => void,
) => { on(event: 'error', listener: () => void): unknown; close(): void };

const LOOK_MS = 20;
const LOOK_BESIDE_WATCH_MS = 1000;

export class EndReports implements Disposable {
  readonly #folder: string;
  readonly #onReport: (name: string) => void;
  #watcher: ReturnType<WatchFolder> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  /** `onReport` may be called more than once with the same name. */
  constructor(folder: string, onReport: (name: string) => void, watchFolder: WatchFolder = watch) {
    this.#folder = folder;
    this.#onReport = onReport;
    try {
      this.#watcher = watchFolder(folder, (_event, name) => {
        if (name !== null) this.#take(name);
      });
      this.#watcher.on('error', () => this.#giveUpWatch());
    } catch {
      // No watch to be had: looking has to do.
    }
  }

  /** A report is about to come. */
  expect(): void {
    this.rest();
    this.#looking = setInterval(() => this.#look(), this.#watcher === undefined ? LOOK_MS : LOOK_BESIDE_WATCH_MS);
  }

  /** No report is to come before the next `expect`. */
  rest(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  [Symbol.dispose](): void {
    this.rest();
    this.#watcher?.close();
  }

  #giveUpWatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#looking !== undefined) this.expect();
  }

  #look(): void {
    for (const name of namesIn(this.#folder)) this.#take(name);
  }

  #take(name: string): void {
    try {
      unlinkSync(join(this.#folder, name));
    } catch {
      // Taken before, or the folder was removed with its session.
    }
    this.#onReport(name);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder was removed with its session, or the server has no file descriptor left: the next look may have one.
    return [];
  }
}
