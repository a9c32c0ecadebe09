/**
 * What a supervisor writes down of trials. It must outlive a disk that is full or a file that cannot be written: each
 * failure is logged, and told to the supervisor where it can do something about it.
 */
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { Installation } from './installation.ts';
import { readRecord, withBad, writeRecord, type BadVersion, type Trial } from './record.ts';
import { recover } from './recover.ts';
import { commit, rollBack } from './rollback.ts';
import { countStart, takeBackStart } from './start-count.ts';

export interface TrialNotesOptions {
  readonly installation: Installation | undefined;
  readonly dataPath: string;
  readonly log: Log;
  /** Whether the supervisor ends when the trial is over. */
  readonly leaves: boolean;
  /** Of the supervisor itself. */
  readonly version: string;
}

export class TrialNotes {
  readonly #options: TrialNotesOptions;
  /** A version that was refused its start: it is bad if the one before is not. */
  #suspect: BadVersion | undefined;

  constructor(options: TrialNotesOptions) {
    this.#options = options;
  }

  get hasSuspect(): boolean {
    return this.#suspect !== undefined;
  }

  async recover(): Promise<Trial | undefined> {
    const { installation, dataPath, log } = this.#options;
    try {
      return installation && (await recover(installation, dataPath));
    } catch (error) {
      log.error('an update that was interrupted cannot be repaired', { detail: messageOf(error) });
      return undefined;
    }
  }

  /** The supervisor may be of the version on trial itself, and no better. Undefined when that ends the trial. */
  async countStart(trial: Trial): Promise<Trial | undefined> {
    const { installation, log } = this.#options;
    try {
      return installation && (await countStart(installation, trial));
    } catch (error) {
      log.error('the start of a trial cannot be noted', { detail: messageOf(error) });
      return trial;
    }
  }

  takeBackStart(): void {
    const { installation, dataPath, log } = this.#options;
    try {
      if (installation !== undefined) takeBackStart(installation, dataPath);
    } catch (error) {
      log.error('the end of a start cannot be noted', { detail: messageOf(error) });
    }
  }

  /** False where it cannot be noted: then the trial is not over. */
  commit(trial: Trial): boolean {
    const { installation, log, leaves, version } = this.#options;
    if (installation === undefined) return true;
    try {
      commit(installation, trial);
    } catch (error) {
      log.error('the end of the trial cannot be noted', { detail: messageOf(error) });
      return false;
    }
    if (!leaves)
      log.info('the supervisor itself stays the version it was started as, until it is started again', { version });
    return true;
  }

  /** False when the version before could not be put back. */
  async rollBack(trial: Trial, why: string, fault: 'version' | 'machine'): Promise<boolean> {
    const { installation, log } = this.#options;
    try {
      if (installation !== undefined) await rollBack(installation, trial, why, fault);
    } catch (error) {
      log.error('the previous version cannot be put back', { detail: messageOf(error) });
      return false;
    }
    if (fault === 'machine') this.#suspect = { version: trial.version, why };
    return true;
  }

  /** The version before was refused its start too: the machine is at fault. */
  acquit(): void {
    this.#suspect = undefined;
  }

  /** The version before was let start: so it was the other one's fault. */
  convict(): void {
    const { installation, log } = this.#options;
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (installation === undefined || suspect === undefined) return;
    const { files, place } = installation;
    try {
      writeRecord(files, place, withBad(readRecord(files, place), suspect));
    } catch (error) {
      log.error('a version that failed cannot be noted', { detail: messageOf(error) });
    }
  }
}
