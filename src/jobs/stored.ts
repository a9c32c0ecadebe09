/**
 * What the jobs room keeps on disk, checked when it is read back.
 *
 *   jobs/<id>/job.json, outcome.json   `format: 1`; without that field they are of the first builds, and the same
 *   jobs.sqlite                        `PRAGMA user_version`, 1; 0 is of the first builds
 *   jobs/<id>/clock                    the name says the format (timeline/clock-file.ts)
 *   jobs/<id>/events.jsonl             the name says the format (events/log-file.ts); feed-entry.ts checks its entries
 *
 * A build raises a number when earlier ones would misread what it writes. An earlier build that meets it after a
 * rollback leaves such a folder as it is, neither shown nor removed, and sets such an index aside, since the folders
 * make it again; both are there for the next upgrade. Two rules make that safe:
 *
 * - who raises the format of folders raises that of the index too, so that an earlier build looks at every folder;
 * - `format` and `seq` of job.json mean the same in every format, so that no number is given away twice.
 */
import type { Fingerprint } from './idempotency.ts';
import type { JobOutcome, JobRecord, JobSpec } from './record.ts';

export const FOLDER_FORMAT = 1;

/** What job.json holds. */
export interface Submission {
  readonly id: string;
  readonly seq: number;
  readonly submittedAt: number;
  readonly spec: JobSpec;
  /** What a retry of this submission is recognised by. */
  readonly idempotency?: Fingerprint | undefined;
}

/** A file of a format that only a later build knows. */
export interface NewerFormat {
  readonly newerFormat: unknown;
  /** The job's, where the file is job.json. */
  readonly seq: number;
}

/** Undefined for what is no submission. */
export function parseSubmission(text: string): Submission | NewerFormat | undefined {
  return ofThisFormat(text, (fields) => {
    const { id, seq, submittedAt, spec, idempotency } = fields;
    if (!isText(id) || !isNumber(seq) || !isNumber(submittedAt) || !isSpec(spec)) return undefined;
    if (idempotency !== undefined && !isFingerprint(idempotency)) return undefined;
    return { id, seq, submittedAt, spec, idempotency };
  });
}

/** Undefined for what is no outcome. */
export function parseOutcome(text: string): JobOutcome | NewerFormat | undefined {
  return ofThisFormat(text, (fields) => {
    if (!isOutcome(fields)) return undefined;
    const { exitCode, timedOut, cancelled, finishedAt, warnings, results } = fields;
    return { exitCode, timedOut, cancelled, finishedAt, warnings, results };
  });
}

export const isNewer = (read: object | undefined): read is NewerFormat => read !== undefined && 'newerFormat' in read;

/** A row of the index; undefined for what is none. */
export function parseRecord(text: string): JobRecord | undefined {
  const fields = parseFields(text);
  if (fields === undefined) return undefined;
  const { id, seq, submittedAt, spec, startedAt, outcome } = fields;
  const process = fields['process'] === undefined ? undefined : processOf(fields['process']);
  if (!isText(id) || !isNumber(seq) || !isNumber(submittedAt) || !isSpec(spec)) return undefined;
  if (startedAt !== undefined && !isNumber(startedAt)) return undefined;
  if (process === 'unreadable' || (outcome !== undefined && !isOutcome(outcome))) return undefined;
  return { id, seq, spec, submittedAt, startedAt, process, outcome };
}

function ofThisFormat<T>(text: string, read: (fields: Fields) => T | undefined): T | NewerFormat | undefined {
  const fields = parseFields(text);
  if (fields === undefined) return undefined;
  const { format, seq } = fields;
  if (format === undefined || format === FOLDER_FORMAT) return read(fields);
  return { newerFormat: format, seq: isNumber(seq) ? seq : 0 };
}

type Fields = Readonly<Record<string, unknown>>;

function parseFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How to find a job's process. The first builds wrote `startMark` for `startTime`, and what they started may still run. */
function processOf(value: unknown): JobRecord['process'] | 'unreadable' {
  if (!isFields(value)) return 'unreadable';
  const { pid, startTime = value['startMark'] } = value;
  return isNumber(pid) && isText(startTime) ? { pid, startTime } : 'unreadable';
}

function isSpec(value: unknown): value is JobSpec {
  if (!isFields(value)) return false;
  const { mode, command, timeoutMs, background, plan, labels, name = '', argv = [], unbegun = {} } = value;
  return (
    isText(mode) &&
    isText(command) &&
    isNumber(timeoutMs) &&
    (background === 'keep' || background === 'end') &&
    isFields(plan) &&
    isFields(unbegun) &&
    isText(name) &&
    Array.isArray(argv) &&
    argv.every(isText) &&
    isFields(labels) &&
    Object.values(labels).every(isText)
  );
}

function isOutcome(value: unknown): value is JobOutcome {
  if (!isFields(value)) return false;
  const { exitCode, timedOut, cancelled, finishedAt, warnings, results } = value;
  return (
    isNumber(exitCode) &&
    typeof timedOut === 'boolean' &&
    typeof cancelled === 'boolean' &&
    isNumber(finishedAt) &&
    Array.isArray(warnings) &&
    warnings.every(isText) &&
    isFields(results)
  );
}

const isFingerprint = (value: unknown): value is Fingerprint =>
  isFields(value) && isText(value['key']) && isText(value['body']);
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
