/** What could not be read for an archive: a line each, which become an entry of their own at its end. */
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { ArchiveEntry } from './archive-entry.ts';

export const ERRORS_NAME = '.agent-server-errors.txt';
const MAX_ERRORS = 10_000;

export class ReadErrors {
  readonly #lines: string[] = [];
  #more = 0;

  note(name: RawPath, why: string): void {
    // A name may have a line break in it.
    if (this.#lines.length < MAX_ERRORS) this.#lines.push(`${JSON.stringify(machinePaths.toText(name))}: ${why}\n`);
    else this.#more += 1;
  }

  /** None where nothing went wrong. `now`: Unix milliseconds. */
  *entries(now: () => number): Generator<ArchiveEntry> {
    const more = this.#more === 0 ? '' : `and ${this.#more} more\n`;
    const told = Buffer.from(this.#lines.join('') + more);
    if (told.length === 0) return;
    const pieces = once(told);
    yield {
      type: 'file',
      name: ERRORS_NAME,
      mode: 0o644,
      modifiedAt: now(),
      uid: 0,
      gid: 0,
      size: told.length,
      pieces,
    };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export const whyIn = (error: unknown): string =>
  `the system does not let it be read (${codeOf(error) ?? 'unknown error'})`;
