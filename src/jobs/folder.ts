/**
 * A job's folder: the truth about the job on disk.
 *
 *     jobs/<id>/job.json      what was asked for (0600), with its idempotency key: one write, before anything is started
 *               stdout        straight from the child; made when the job starts
 *               stderr
 *               stdin         FIFO (POSIX)
 *               exit          the shell's exit code, written by a process that outlives the server
 *               ending        that the server has begun to end it, and why
 *               outcome.json  written when the server knows something that `exit` does not say
 *               clock         when its output came (timeline/clock-file.ts)
 *               events.jsonl  the job as a sequence of events, once somebody has followed it (feed.ts)
 *
 * The index (store.ts) can be lost and is made again from these. stored.ts says how their format is recorded.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../core/failure.ts';
import { readExitFile } from '../platform/process/exit-file.ts';
import type { JobOutcome } from './record.ts';
import { FOLDER_FORMAT, parseOutcome, parseSubmission, type NewerFormat, type Submission } from './stored.ts';

export type EndingBecause = 'timeout' | 'cancel';
export type OutputStream = 'stdout' | 'stderr';

export class JobFolder {
  readonly id: string;
  readonly path: string;

  constructor(jobsPath: string, id: string) {
    this.id = id;
    this.path = join(jobsPath, id);
  }

  get stdin(): string {
    return join(this.path, 'stdin');
  }
  get exit(): string {
    return join(this.path, 'exit');
  }
  get events(): string {
    return join(this.path, 'events.jsonl');
  }
  get clock(): string {
    return join(this.path, 'clock');
  }
  output(stream: OutputStream): string {
    return join(this.path, stream);
  }

  /** A new folder under an id that no job has. Throws what the file system throws: a full disk is the caller's to name. */
  static claim(jobsPath: string, newId: () => string): JobFolder {
    for (;;) {
      const folder = new JobFolder(jobsPath, newId());
      try {
        mkdirSync(folder.path, { mode: 0o700 });
        return folder;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  saveSubmission({ id, seq, submittedAt, spec, idempotency }: Submission): void {
    this.write('job.json', JSON.stringify({ format: FOLDER_FORMAT, id, seq, submittedAt, spec, idempotency }));
  }

  /** Undefined when the folder holds no submission, or half of one. */
  readSubmission(): Submission | NewerFormat | undefined {
    return parseSubmission(this.#read('job.json'));
  }

  saveOutcome(outcome: JobOutcome): void {
    this.write('outcome.json', JSON.stringify({ format: FOLDER_FORMAT, ...outcome }));
  }

  /** Undefined when none was written. */
  readOutcome(): JobOutcome | NewerFormat | undefined {
    return parseOutcome(this.#read('outcome.json'));
  }

  /** That the server has begun to end this job, and why. */
  noteEnding(because: EndingBecause): void {
    this.write('ending', because);
  }

  /** Why a server had begun to end this job; undefined when none had. */
  get endingBecause(): EndingBecause | undefined {
    try {
      const text = readFileSync(this.file('ending'), 'latin1');
      return text === 'timeout' || text === 'cancel' ? text : undefined;
    } catch {
      return undefined;
    }
  }

  /** The code that the job's own shell wrote down; undefined when it did not. */
  get exitCode(): number | undefined {
    const exit = readExitFile(this.exit);
    return exit.known ? exit.code : undefined;
  }

  /** A further file of this job, such as the text of its command. */
  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text, { mode: 0o600 });
  }

  /** Empty output files, for a command that writes into them from a process that is already there. */
  createOutput(): void {
    appendFileSync(this.output('stdout'), '', { mode: 0o600 });
    appendFileSync(this.output('stderr'), '', { mode: 0o600 });
  }

  /** When the exit code was written (Unix ms); undefined when it was not. */
  get exitedAt(): number | undefined {
    return statSync(this.exit, { throwIfNoEntry: false })?.mtimeMs;
  }

  /** Whether anything was ever started in it: output files are opened just before. */
  get wasStarted(): boolean {
    return existsSync(this.output('stdout'));
  }

  /** About when it was started (Unix ms): when its output file was made, where the file system knows. */
  get startedAt(): number | undefined {
    return statSync(this.output('stdout'), { throwIfNoEntry: false })?.birthtimeMs;
  }

  /** Bytes written so far, and when the last ones came (Unix ms). */
  outputStat(stream: OutputStream): { bytes: number; changedAt: number } {
    const stat = statSync(this.output(stream), { throwIfNoEntry: false });
    return stat === undefined ? { bytes: 0, changedAt: 0 } : { bytes: stat.size, changedAt: stat.mtimeMs };
  }

  /** Adds a message of the server to stderr, after what the command wrote there. */
  appendNote(note: string): void {
    const { bytes } = this.outputStat('stderr');
    appendFileSync(this.output('stderr'), bytes === 0 ? note : `\n${note}`, { mode: 0o600 });
  }

  /** Bytes of output, of both streams. */
  get outputBytes(): number {
    return this.outputStat('stdout').bytes + this.outputStat('stderr').bytes;
  }

  /** Bytes that grow with the output: it, and what is noted of when it came. */
  get weight(): number {
    const notes = [this.clock, this.events].map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    return notes.reduce((sum, bytes) => sum + bytes, this.outputBytes);
  }

  /** Retention has removed it. */
  get removed(): boolean {
    return !existsSync(this.path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Empty where there is no such file. */
  #read(name: string): string {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return '';
      throw error;
    }
  }
}
