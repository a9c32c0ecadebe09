/**
 * A large file to a server in parts. What has come stays with the server: a connection that breaks goes on there, and so does
 * the same command after it was ended.
 *
 *   begin (anew, or where an earlier command was) ──part──▶ … ──part──▶ finish ──▶ the hash is compared
 *                    ▲             └── broken: ask where to go on ──┘
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { pause } from '../../client/pause.ts';
import { size as sizeText } from '../system/text.ts';
import type { FileSource } from './file-source.ts';
import { keptUploads } from './own-folder.ts';
import { Patience } from './patience.ts';
import { changed, Refusal } from './refusal.ts';
import { RunningHash } from './running-hash.ts';
import type { Transfer, Transferred } from './transfer.ts';

const MIB = 1024 * 1024;
/** A part is so large that it takes about a second. */
const PART = { least: MIB, most: 32 * MIB, slowMs: 1500, quickMs: 400 } as const;
const DROP_MS = 5000;
const BUSY_MS = 200;

export interface FileTarget {
  readonly client: Client;
  readonly path: string;
  /** Whether nothing is there. */
  readonly isNew: boolean;
}

export async function sendParts(
  source: FileSource,
  label: string,
  target: FileTarget,
  transfer: Transfer,
): Promise<Transferred> {
  const { client, path } = target;
  const { uploads } = client.files;
  const { signal, meter, resume } = transfer;
  const { size } = source.thing;
  const patience = new Patience(signal);
  const note = keptUploads().of(source.thing.path, label, client.url, path);
  const begun = await begin(source, target, transfer, note);
  const { id, resumedAt } = begun;
  if (resume) note.write({ id, version: source.thing.version });
  let isOver = false;
  try {
    if (resumedAt > 0) transfer.tell(`${label}: going on at ${sizeText(resumedAt)} of ${sizeText(size)}`);
    meter.begin(label, size, resumedAt);
    const hash = new RunningHash((from, to) => patience.until(() => source.part(from, to)));
    let partBytes: number = PART.least;
    for (let offset = resumedAt; offset < size;) {
      signal.throwIfAborted();
      const bytes = await patience.until(() => source.part(offset, Math.min(size, offset + partBytes)));
      if (bytes.length < Math.min(partBytes, size - offset)) throw changed(label);
      const since = performance.now();
      const next = await sendPart(offset, bytes);
      await hash.upTo(next, offset, bytes);
      if (next > offset) patience.progressed();
      offset = next;
      meter.at(offset);
      partBytes = nextPart(partBytes, performance.now() - since);
    }
    if (!(await source.isStill())) throw changed(label);
    const sha256 = await hash.upTo(size);
    if ((await finish(sha256)) !== sha256) throw new Refusal(`${label} did not arrive as it is; copy it again`);
    isOver = true;
    return { type: 'file', files: 1, bytes: size, ...(resumedAt > 0 && { resumedAt }) };
  } catch (error) {
    // What cannot be gone on with is of no use.
    const isKept = resume && (signal.aborted || (error instanceof ClientError && error.reason !== 'refused'));
    if (isKept && signal.aborted) transfer.tell(`${label}: to go on where it was, run the same command again`);
    if (!isKept) await drop();
    isOver = !isKept;
    throw error;
  } finally {
    if (isOver) note.remove();
  }

  /** Its last part may still have hold of it. What cannot be dropped now, the server drops after a day. */
  async function drop(): Promise<void> {
    const late = AbortSignal.timeout(DROP_MS);
    for (let again = true; again && !late.aborted;) {
      again = await uploads.drop(id, { signal: late }).then(() => false, isBusy);
      if (again) await pause(BUSY_MS, late);
    }
  }

  /** An earlier request of ours may have hold of the upload for as long as its server takes the connection for a living one. */
  function held(): Refusal {
    return new Refusal(
      `${label}: another copy of it is on its way, or a connection that broke still counts; try again later, or with --no-resume`,
    );
  }

  /** Resolves to where the next part begins, which is within this one where that broke off. */
  async function sendPart(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    try {
      return await uploads.append(id, offset, bytes, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (isBusy(error)) await patience.wait(held());
      else await patience.afterFailure(error);
      return (await patience.until(() => uploads.get(id, { signal }))).offset;
    }
  }

  /** Resolves to the hash of what is there. */
  async function finish(sha256: string): Promise<string | undefined> {
    for (let isAgain = false; ; isAgain = true) {
      try {
        return (await uploads.finish(id, { signal })).sha256;
      } catch (error) {
        signal.throwIfAborted();
        // The one before has done it, and its answer got lost.
        if (isAgain && error instanceof ClientError && error.status === 404) {
          const there = await client.files.stat(path, { follow: true, hash: 'sha256', signal });
          if (there.sha256 === sha256) return sha256;
        }
        if (isBusy(error)) await patience.wait(held());
        else await patience.afterFailure(error);
      }
    }
  }
}

/** Where an earlier command was, or anew. */
async function begin(
  source: FileSource,
  { client, path, isNew }: FileTarget,
  { signal, noClobber, resume }: Transfer,
  note: ReturnType<ReturnType<typeof keptUploads>['of']>,
): Promise<{ readonly id: string; readonly resumedAt: number }> {
  const { size, mode = isNew ? '0644' : undefined, modifiedAt, version } = source.thing;
  const { uploads } = client.files;
  const kept = note.read();
  if (kept !== undefined) {
    const there = await uploads.get(kept.id, { signal }).catch(noneIfGone);
    if (resume && there?.size === size && kept.version === version) return { id: kept.id, resumedAt: there.offset };
    if (there !== undefined) await uploads.drop(kept.id, { signal }).catch(noneIfGone);
    note.remove();
  }
  const { id } = await uploads.create(path, {
    size,
    modifiedAt,
    ...(mode !== undefined && { mode }),
    ...(noClobber && { version: 'none' }),
    signal,
  });
  return { id, resumedAt: 0 };
}

/** Also where another request has hold of it: it is left alone. */
function noneIfGone(error: unknown): undefined {
  if (!(error instanceof ClientError && error.reason === 'refused')) throw error;
}

const isBusy = (error: unknown): boolean =>
  error instanceof ClientError &&
  error.status === 409 &&
  'body' in error.failure &&
  error.failure.body['offset'] !== undefined;

function nextPart(bytes: number, tookMs: number): number {
  if (tookMs > PART.slowMs) return Math.max(PART.least, bytes / 2);
  return tookMs < PART.quickMs ? Math.min(PART.most, bytes * 2) : bytes;
}
