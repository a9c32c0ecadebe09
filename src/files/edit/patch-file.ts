/**
 * Edits a text file, under its lock: who asks for the version that is there has it changed, everybody after that is told that
 * it is another one. The new text takes the file's place as a whole.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { TooBusy } from '../../core/turns.ts';
import type { Place, Reach } from '../place.ts';
import { StagedFile } from '../write/staged-file.ts';
import { targetAt } from '../write/target.ts';
import type { WriteFailure } from '../write/write-failure.ts';
import type { Writing } from '../write/writing.ts';
import type { Editing } from './editing.ts';
import { applyEdits, type Edited } from './apply-edits.ts';
import type { EditFailure, Edits } from './edit.ts';
import { MAX_WHOLE_BYTES, readWhole, type WholeFailure } from './read-whole.ts';
import { decode, encode, type NotText } from './text-format.ts';
import type { LineEnd } from './text-lines.ts';

export interface Patch {
  readonly edits: Edits;
  /** Of the file that the edits are about. */
  readonly sha256?: string | undefined;
  /** Whether it is the version that they are about. */
  readonly isVersion?: ((version: string) => boolean) | undefined;
  /** Of new lines; default: the more frequent one of the file. */
  readonly end?: LineEnd | undefined;
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** Aborted once nobody waits for the answer. */
  readonly signal: AbortSignal;
  /** Awaited now and then while it takes long; it rejects once nobody waits for the answer. */
  readonly pause: () => Promise<void>;
}

export interface Patched {
  readonly edited: Edited;
  /** Of the new bytes. */
  readonly sha256: string;
  /** What is there now. */
  readonly version: string;
}

export type PatchFailure =
  | WholeFailure
  | NotText
  | EditFailure
  | WriteFailure
  | TooBusy
  /** Lines have moved since they were counted, unless the caller says of which file they are. */
  | { readonly reason: 'version-missing' }
  | { readonly reason: 'stale'; readonly sha256: string; readonly version: string };

/** How often an edit begins again because another program has written meanwhile. */
const TRIES = 3;

export async function patchFile(
  writing: Editing,
  reach: Reach,
  place: Place,
  patch: Patch,
): Promise<Result<Patched, PatchFailure>> {
  if (patch.edits.kind === 'lines' && patch.sha256 === undefined && patch.isVersion === undefined)
    return fail({ reason: 'version-missing' });
  using _lock = await writing.locks.hold([place.path]);
  // After the lock, which an append may hold as long as its body comes.
  using turn = await writing.edits.take(patch.signal);
  if (turn === undefined) return fail({ reason: 'too-busy' });
  for (let tries = 1; ; tries += 1) {
    const patched = await patchOnce(writing, reach, place, patch);
    if (patched !== 'changed') return patched;
    if (tries === TRIES) return fail({ reason: 'keeps-changing' });
  }
}

async function patchOnce(
  writing: Writing,
  reach: Reach,
  place: Place,
  { edits, sha256, isVersion, end, dryRun, pause }: Patch,
): Promise<Result<Patched, PatchFailure> | 'changed'> {
  const whole = await readWhole(reach, place);
  if (!whole.ok) return whole;
  const { version } = whole.value;
  const isStale = (sha256 !== undefined && sha256 !== whole.value.sha256) || isVersion?.(version) === false;
  if (isStale) return fail({ reason: 'stale', sha256: whole.value.sha256, version });
  const text = decode(whole.value.bytes);
  if (!text.ok) return text;
  const edited = await applyEdits(text.value.text, edits, { end, pause });
  if (!edited.ok) return edited;
  const bytes = encode(edited.value.after.text, text.value);
  if (bytes.length > MAX_WHOLE_BYTES) return fail({ reason: 'file-too-large', limit: MAX_WHOLE_BYTES });
  const done = { edited: edited.value, sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex') };
  if (dryRun) return (await refusalOf(writing, reach, place)) ?? ok({ ...done, version });
  // What is as it was keeps its times.
  if (done.sha256 === whole.value.sha256) return ok({ ...done, version });
  const replaced = await replace(writing, reach, place, bytes, version);
  if (replaced === 'changed') return replaced;
  return replaced.ok ? ok({ ...done, version: replaced.value }) : replaced;
}

/** What would keep it from being written, as far as that can be told without writing. */
async function refusalOf(
  writing: Writing,
  reach: Reach,
  place: Place,
): Promise<Result<never, PatchFailure> | undefined> {
  const refused = writing.protectedPlaces.refusal(reach, place);
  if (refused !== undefined) return refused;
  const target = await targetAt(place.path);
  return target.ok ? undefined : target;
}

/** The version that the file has then. */
async function replace(
  writing: Writing,
  reach: Reach,
  place: Place,
  bytes: Uint8Array,
  version: string,
): Promise<Result<string, PatchFailure> | 'changed'> {
  const opened = await StagedFile.create(writing, reach, place, { size: bytes.length });
  if (!opened.ok) return opened;
  await using staged = opened.value;
  const written = await staged.write(bytes);
  if (!written.ok) return written;
  const synced = await staged.sync();
  if (!synced.ok) return synced;
  const replaced = await staged.replace((now) => now === version);
  if (replaced.ok) return ok(replaced.value.entry.version);
  const { failure } = replaced;
  return failure.reason === 'version-differs' ? 'changed' : fail(failure);
}
