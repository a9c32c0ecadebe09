/**
 * A folder from one machine to another. What is there already is not copied again, so that a connection that breaks, or the same
 * command after it was ended, goes on where it was: both sides are listed, and what is missing goes over in archives of a bounded
 * size, large files in parts of their own.
 *
 *   list both ──▶ make the folder ──▶ archives … ──▶ large files … ──▶ links ──▶ modes and times of folders
 *      ▲                                   └── broken: begin again, with what is there by now
 */
import { ClientError } from '../../../client/failure.ts';
import { archiveStream } from '../../../files/archive/archive-stream.ts';
import type { ArchiveEntry } from '../../../files/archive/archive-entry.ts';
import { Patience } from '../patience.ts';
import { thingAt, type Side } from '../side.ts';
import type { Transfer, Transferred } from '../transfer.ts';
import { Batches } from './batches.ts';
import type { FolderCopy } from './folder-copy.ts';
import { FolderMeter } from './folder-meter.ts';
import { folderNote } from './folder-notes.ts';
import { folderSource, type FolderSource } from './folder-source.ts';
import { folderTarget, type FolderTarget } from './folder-target.ts';
import { rawOf, type Amount, type Item } from './item.ts';
import { copyLarge } from './large-file.ts';
import { refuseLinksOut } from './links-out.ts';
import { planOf, type Plan } from './plan.ts';

export async function copyFolder({ from, to }: FolderCopy, transfer: Transfer): Promise<Transferred> {
  const { signal, meter, noClobber, resume, exclude, tell } = transfer;
  const { thing, label } = from;
  const source = folderSource(from.side, thing.path, exclude, signal);
  const target = folderTarget(to.side, to.path, noClobber, signal);
  const note = folderNote(from, to);
  const patience = new Patience(signal);
  let isThere = !to.isNew;
  let made = (resume ? note.read()?.made : undefined) ?? (isThere ? [] : ['']);
  /** What was there before this command. */
  let before: Amount | undefined;
  for (;;) {
    try {
      const done = await attempt();
      note.remove();
      return done;
    } catch (error) {
      if (signal.aborted && before !== undefined) tell(`${label}: to go on where it was, run the same command again`);
      await patience.afterFailure(error);
    }
  }

  async function attempt(): Promise<Transferred> {
    // One that was to be made when the connection broke may have been made.
    isThere ||= before !== undefined && (await thingAt(to.side, to.path, signal)) !== undefined;
    const { items, skipped } = await source.list();
    const there = isThere ? (await target.list()).items : [];
    const known = new Map(there.map((item) => [item.name, item]));
    const plan = planOf(items, known, { trusts: resume || before !== undefined, noClobber, made });
    await refuseLinksOut(items);
    const { total, already } = plan;
    if (before === undefined && already.files > 0)
      tell(`${label}: ${already.files} of ${total.files} files already there`);
    before ??= already;
    ({ made } = plan);
    if (resume && made.length > 0) note.write({ made });
    if (!isThere) await make();
    isThere = true;
    const progress = new FolderMeter(meter, label, total, already);
    const copied = await copyMissing(plan, progress);
    const unreadable = [...skipped, ...plan.refused, ...copied.unreadable];
    return {
      type: 'folder',
      files: already.files + copied.files,
      bytes: already.bytes + copied.bytes,
      ...(before.files > 0 && { alreadyThere: before }),
      ...(unreadable.length > 0 && { unreadable }),
    };
  }

  async function make(): Promise<void> {
    try {
      await target.make(modeMeanwhile(thing.mode));
    } catch (error) {
      // What somebody else makes there later is none of ours.
      if (!(error instanceof ClientError && error.transient)) note.remove();
      throw error;
    }
  }

  async function copyMissing(plan: Plan, progress: FolderMeter): Promise<Amount & { unreadable: readonly string[] }> {
    const copied = { files: 0, bytes: 0, unreadable: [] as string[] };
    const count = ({ files, bytes }: Amount) => {
      copied.files += files;
      copied.bytes += bytes;
      patience.progressed();
    };
    const batches = new Batches();
    const pass = async (items: readonly Item[]) => {
      for (const batch of batches.of(items)) {
        signal.throwIfAborted();
        const since = performance.now();
        const { amount, unreadable } = await passArchive(source, target, from.side, batch.items, (stream) =>
          progress.passing(batch, stream),
        );
        batches.took(performance.now() - since);
        count(amount);
        copied.unreadable.push(...unreadable);
        progress.done(batch);
      }
    };
    await pass(plan.packed);
    for (const item of plan.large) {
      signal.throwIfAborted();
      const { files, bytes } = await copyLarge({ from, to }, item, { ...transfer, meter: progress.forOne });
      count({ files, bytes });
      progress.done({ files, bytes });
    }
    await pass(plan.links);
    const isNew = plan.made.includes('');
    if (isNew || plan.folders.length > 0)
      await target.finish(foldersOf(plan, isNew), isNew ? 'in the one above' : 'in it');
    return copied;
  }

  function foldersOf({ folders }: Plan, isNew: boolean): ReadableStream<Uint8Array<ArrayBuffer>> {
    const own = Buffer.from(target.name, 'utf8').toString('latin1');
    const root = { name: own, mode: thing.mode, modifiedAt: thing.modifiedAt * 1000 };
    const all = isNew ? [root, ...folders.map((item) => ({ ...item, name: `${own}/${item.name}` }))] : folders;
    async function* entries(): AsyncGenerator<ArchiveEntry> {
      for (const { name, mode = '0755', modifiedAt } of all)
        yield { type: 'folder', name: rawOf(name), mode: Number.parseInt(mode, 8), modifiedAt, uid: 0, gid: 0 };
    }
    return archiveStream(entries(), 'tar', signal) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }
}

async function passArchive(
  source: FolderSource,
  target: FolderTarget,
  side: Side,
  items: readonly Item[],
  metered: (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ readonly amount: Amount; readonly unreadable: readonly string[] }> {
  const { stream, unreadable } = await source.pack(items);
  const { files, bytes } = await target.unpack(metered(stream));
  if (side.at === 'here') return { amount: { files, bytes }, unreadable };
  const told = await target.takeUnreadable();
  if (told.length === 0) return { amount: { files, bytes }, unreadable: [] };
  return { amount: { files: files - 1, bytes: bytes - Buffer.byteLength(`${told.join('\n')}\n`) }, unreadable: told };
}

/** As long as something is put into it. */
const modeMeanwhile = (mode: string | undefined): string | undefined =>
  mode === undefined ? undefined : (Number.parseInt(mode, 8) | 0o700).toString(8).padStart(4, '0');
