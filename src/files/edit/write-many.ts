/**
 * Writes several small files in one request. Each is written beside its target and synced first; then, under the locks of all,
 * it is looked at whether each target is what its item expects, and they are renamed over them one after the other.
 *
 *   stage all ──▶ lock all ──▶ check all ──▶ rename one by one
 *
 * `atomic`: one that is refused before the first rename, and none is written. A crash between two renames, which the next start
 * says, or a rename that the system refuses, leaves those before it written.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { entryOf, type Unreadable } from '../entry.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { sha256Of } from '../hash.ts';
import { identified, type Identified } from '../identity.ts';
import type { GivenPath, Place, PlaceFailure, Reach } from '../place.ts';
import { StagedFile, type Written } from '../write/staged-file.ts';
import { writeFailureIn, type Expected, type VersionDiffers, type WriteFailure } from '../write/write-failure.ts';
import type { Writing } from '../write/writing.ts';
import type { Editing } from './editing.ts';

/** `sha256`: of what is there now. */
type Condition = { readonly sha256: string } | { readonly version: string } | 'none' | undefined;

export interface WriteItem {
  readonly given: GivenPath;
  readonly content: Uint8Array;
  readonly mode: number | undefined;
  readonly mkdirs: boolean;
  readonly condition: Condition;
}

export type BatchFailure =
  | PlaceFailure
  | WriteFailure
  | VersionDiffers
  | { readonly reason: 'content-invalid'; readonly detail: string }
  | { readonly reason: 'named-twice' }
  | Unreadable
  /** What is there has another hash. */
  | { readonly reason: 'another-content'; readonly sha256: string; readonly version: string }
  /** Because another one of an atomic request is refused. */
  | { readonly reason: 'not-written' };

export type Outcome = Result<Written, BatchFailure>;

interface Staged {
  readonly item: WriteItem;
  readonly file: StagedFile;
}

/** One after the other, each on its own. `items`: those that cannot even be read are refused already. */
export async function writeEach(
  writing: Writing,
  reach: Reach,
  items: readonly Result<WriteItem, BatchFailure>[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const item of items) {
    signal.throwIfAborted();
    outcomes.push(item.ok ? await writeOne(writing, reach, item.value, signal) : item);
  }
  return outcomes;
}

async function writeOne(writing: Writing, reach: Reach, item: WriteItem, signal: AbortSignal): Promise<Outcome> {
  const place = reach.find(item.given, true);
  if (!place.ok) return place;
  const staged = await stage(writing, reach, place.value, item);
  if (!staged.ok) return staged;
  await using file = staged.value.file;
  using _lock = await writing.locks.hold([file.place.path]);
  const expected = await expectedOf(reach, staged.value, signal);
  return expected.ok ? await file.replace(expected.value) : expected;
}

/** All or none, as far as there is such a thing. */
export async function writeAll(
  writing: Editing,
  reach: Reach,
  items: readonly Result<WriteItem, BatchFailure>[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const placed = placesOf(reach, items);
  if (!placed.every((one) => one.ok)) return placed.map(noneOf);
  await using opened = new AsyncDisposableStack();
  const staged: Staged[] = [];
  for (const { value } of placed) {
    signal.throwIfAborted();
    const next = await stage(writing, reach, value.place, value.item);
    if (!next.ok) return placed.map((_, at) => (at === staged.length ? next : NOT_WRITTEN));
    opened.use(next.value.file);
    staged.push(next.value);
  }
  using _locks = await writing.locks.hold(staged.map(({ file }) => file.place.path));
  const checked: Result<Expected | undefined, BatchFailure>[] = [];
  for (const value of staged) {
    const expected = await expectedOf(reach, value, signal);
    const there = expected.ok ? await value.file.check(expected.value) : expected;
    checked.push(there.ok ? expected : there);
  }
  if (!checked.every((one) => one.ok)) return checked.map(noneOf);
  const noted = note(writing, staged);
  if (!noted.ok) return staged.map((_, at) => (at === 0 ? noted : NOT_WRITTEN));
  using _note = noted.value;
  const outcomes: Outcome[] = [];
  for (const [at, value] of staged.entries()) {
    const isBroken = outcomes.some((one) => !one.ok);
    outcomes.push(isBroken ? NOT_WRITTEN : await value.file.replace(checked[at]?.value));
  }
  return outcomes;
}

const NOT_WRITTEN = fail({ reason: 'not-written' } as const);
const noneOf = (one: Result<unknown, BatchFailure>): Outcome => (one.ok ? NOT_WRITTEN : one);

function note({ batches }: Editing, staged: readonly Staged[]): Result<Disposable, BatchFailure> {
  try {
    return ok(batches.note(staged.map(({ file }) => ({ staged: file.path, target: file.place.path }))));
  } catch (error) {
    return fail(writeFailureIn(error));
  }
}

type Placed = Result<{ readonly item: WriteItem; readonly place: Place }, BatchFailure>;

/** Two items for one file could not both be what is there. */
function placesOf(reach: Reach, items: readonly Result<WriteItem, BatchFailure>[]): Placed[] {
  const named: Identified[] = [];
  return items.map((item) => {
    if (!item.ok) return item;
    const place = reach.find(item.value.given, true);
    if (!place.ok) return place;
    const file = identified(place.value.path);
    if (named.some((other) => isOneFile(other, file))) return fail({ reason: 'named-twice' });
    named.push(file);
    return ok({ item: item.value, place: place.value });
  });
}

/** Also by two names in other letter case. Two names (hard links) of one file are two files once they are written. */
function isOneFile(a: Identified, b: Identified): boolean {
  if (a.path === b.path) return true;
  if (a.path.toLowerCase() !== b.path.toLowerCase() || a.identity !== b.identity) return false;
  return a.identity !== undefined || machinePaths.foldsCase;
}

/** Written beside its target and synced. */
async function stage(
  writing: Writing,
  reach: Reach,
  place: Place,
  item: WriteItem,
): Promise<Result<Staged, BatchFailure>> {
  const { mode, mkdirs, content } = item;
  const opened = await StagedFile.create(writing, reach, place, { mode, mkdirs, size: content.length });
  if (!opened.ok) return opened;
  const file = opened.value;
  await using unlessKept = new AsyncDisposableStack();
  unlessKept.use(file);
  const written = await file.write(content);
  if (!written.ok) return written;
  const synced = await file.sync();
  if (!synced.ok) return synced;
  unlessKept.move();
  return ok({ item, file });
}

/** What may be replaced; whoever calls it holds the lock. */
async function expectedOf(
  reach: Reach,
  { item: { condition }, file: { place } }: Staged,
  signal: AbortSignal,
): Promise<Result<Expected | undefined, BatchFailure>> {
  if (condition === undefined || condition === 'none') return ok(condition);
  if ('version' in condition) return ok((version) => version === condition.version);
  // Read before the hash: what another program writes meanwhile has another version then.
  const entry = entryOf(reach, place);
  if (!entry.ok)
    return entry.failure.reason === 'not-found' ? fail({ reason: 'version-differs', version: undefined }) : entry;
  const { version } = entry.value;
  const sha256 = await sha256Of(reach, place, signal);
  if (!sha256.ok) return sha256;
  if (sha256.value !== condition.sha256)
    return fail({ reason: 'another-content', sha256: sha256.value ?? '', version });
  return ok((now) => now === version);
}
