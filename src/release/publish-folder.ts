/**
 * Puts a finished folder into its place. A web server that serves the place sees the old release, for a moment perhaps none,
 * then the new one; never half of one.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../core/failure.ts';
import { MANIFEST_FILE } from '../updater/release-files.ts';
import { ReleaseError } from './release-error.ts';

export class Publication implements Disposable {
  /** Where the release is put together: beside its place, so that it can be renamed there. */
  readonly staging: string;
  readonly #place: string;

  /** Refuses a place that holds something else than a release, before any work is done. */
  constructor(out: string) {
    try {
      mkdirSync(dirname(resolve(out)), { recursive: true });
      // Of a symlink it is the target that is replaced.
      this.#place = existsSync(out) ? realpathSync(out) : resolve(out);
      const files = existsSync(this.#place) ? readdirSync(this.#place) : [];
      if (files.length > 0 && !files.includes(MANIFEST_FILE))
        throw new ReleaseError(
          `--out ${out} holds something else than a release: name a folder that is empty or not there`,
        );
      this.staging = mkdtempSync(join(dirname(this.#place), `.${basename(this.#place)}.new-`));
      chmodSync(this.staging, 0o755);
    } catch (error) {
      if (error instanceof ReleaseError) throw error;
      throw new ReleaseError(`--out ${out} cannot be used: ${messageOf(error)}`);
    }
  }

  /** The place as it is, which may hold an earlier release. */
  get place(): string {
    return this.#place;
  }

  publish(): void {
    const old = this.staging.replace(/\.new-(\w+)$/, '.old-$1');
    const replaces = existsSync(this.#place);
    try {
      if (replaces) renameSync(this.#place, old);
      try {
        renameSync(this.staging, this.#place);
      } catch (error) {
        if (replaces) renameSync(old, this.#place);
        throw error;
      }
    } catch (error) {
      throw new ReleaseError(
        `the release could not be put into ${this.#place}, where nothing has changed: ${messageOf(error)}`,
      );
    }
    if (replaces) rmSync(old, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.staging, { recursive: true, force: true });
  }
}
