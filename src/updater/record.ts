/**
 * What is remembered of updates, in a file beside the executable, because every version that lies there needs it.
 *
 *   no trial ──swap begins──▶ swapping ──the new version starts──▶ running ──proven──▶ no trial
 *                                 └──not in place after a crash──▶ no trial
 *                                                           running ──it failed──▶ rolling-back ──the old one is back──▶ no trial
 *
 * The server writes it at a swap; whoever supervises the trial writes it from then to its end.
 */
import type { DurableFiles } from '../platform/files/durable-files.ts';
import type { Place } from './place.ts';

const FORMAT = 1;

export interface BadVersion {
  readonly version: string;
  /** A sentence without its full stop. */
  readonly why: string;
}

export interface Trial {
  readonly phase: 'swapping' | 'running' | 'rolling-back';
  /** The version on trial, and the one before. */
  readonly version: string;
  readonly previous: string;
  /** Those of its manifest; they count once the version is in place. */
  readonly seq: number;
  readonly issued: number;
  /** Data folder of the server that updates: another server of the same executable leaves the trial alone. */
  readonly dataPath: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** How often a supervisor, or a server without one, was started on this version and has not ended in good order. */
  readonly starts: number;
  /** Once it runs: which file it is, as `identity` tells it, and what was accepted before. */
  readonly file?: string;
  readonly before?: { readonly seq: number; readonly issued: number };
  /** While rolling back: what was wrong with the version. */
  readonly why?: string;
}

export interface UpdateRecord {
  /** The highest `seq` of all manifests whose version was put in place; 0: none yet. */
  readonly seq: number;
  /** The latest `issued` of those manifests, Unix milliseconds: the time cannot be earlier than that. */
  readonly issued: number;
  readonly bad: readonly BadVersion[];
  readonly trial?: Trial;
}

export const NOTHING_YET: UpdateRecord = { seq: 0, issued: 0, bad: [] };

/**
 * A record that cannot be read counts as none: whoever can write it can also replace the executable. Of a later format
 * the fields of this one are read, as after a rollback.
 */
export function readRecord(files: DurableFiles, { record }: Place): UpdateRecord {
  let found: unknown;
  try {
    found = JSON.parse(files.read(record) ?? '{}');
  } catch {
    return NOTHING_YET;
  }
  if (!isObject(found)) return NOTHING_YET;
  const { seq, issued, bad, trial } = found;
  return {
    seq: numberOr(seq, 0),
    issued: numberOr(issued, 0),
    bad: Array.isArray(bad) ? bad.filter(isBad).map(({ version, why }) => ({ version, why })) : [],
    ...(isTrial(trial) && { trial }),
  };
}

export function writeRecord(files: DurableFiles, { record }: Place, value: UpdateRecord): void {
  files.write(record, `${JSON.stringify({ format: FORMAT, ...value }, null, 2)}\n`);
}

export const withoutTrial = ({ trial: _trial, ...rest }: UpdateRecord): UpdateRecord => rest;

/** The version is not tried again: every failure of one version is told as the latest. */
export const withBad = (record: UpdateRecord, one: BadVersion): UpdateRecord => ({
  ...record,
  bad: [...record.bad.filter(({ version }) => version !== one.version), one],
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOr = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fallback;

const isBad = (value: unknown): value is BadVersion =>
  isObject(value) && typeof value['version'] === 'string' && typeof value['why'] === 'string';

const PHASES: readonly unknown[] = ['swapping', 'running', 'rolling-back'] satisfies Trial['phase'][];

const isTrial = (value: unknown): value is Trial =>
  isObject(value) &&
  PHASES.includes(value['phase']) &&
  ['version', 'previous', 'dataPath'].every((name) => typeof value[name] === 'string') &&
  ['startedAt', 'starts', 'seq', 'issued'].every((name) => typeof value[name] === 'number') &&
  ['why', 'file'].every((name) => ['string', 'undefined'].includes(typeof value[name])) &&
  (value['before'] === undefined || isObject(value['before']));
