/** A file from a server, by ranges of one version of it where the connection breaks. */
import { chunksOf } from '../../client/chunks.ts';
import { ClientError, unreachable } from '../../client/failure.ts';
import { size as sizeText } from '../system/text.ts';
import { PartFile } from './part-file.ts';
import { Patience } from './patience.ts';
import { changed, Refusal } from './refusal.ts';
import type { OnServer } from './side.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';

/** What is smaller is not kept when it breaks off. */
const KEPT_BYTES = 1024 * 1024;
const SILENCE_MS = 30_000;

export interface HereTarget {
  /** Without links. */
  readonly path: string;
  readonly old: Thing | undefined;
}

/** `label`: the source, as the command line has it. */
export async function fetchFile(
  { client }: OnServer,
  source: Thing,
  label: string,
  target: HereTarget,
  { signal, meter, noClobber, resume, tell }: Transfer,
): Promise<Transferred> {
  if (noClobber && target.old !== undefined) throw new Refusal(`${target.path} is there already (--no-clobber)`);
  const { path, size, version } = source;
  await using part = await PartFile.open(target.path, `${client.url} ${path}`, source, resume && size >= KEPT_BYTES);
  const { resumedAt } = part;
  if (resumedAt > 0) tell(`${label}: going on at ${sizeText(resumedAt)} of ${sizeText(size)}`);
  meter.begin(label, size, resumedAt);
  const patience = new Patience(signal);
  part.isKept = resume && size >= KEPT_BYTES;
  try {
    for (let isWhole = size > 0 && part.bytes === size; !isWhole;) {
      try {
        // What says 0, as files of the kernel do, is another version each time, and has no parts.
        const response = await client.files.read(path, {
          ...(size > 0 && { from: part.bytes, version }),
          signal,
        });
        if (response.body !== null)
          for await (const piece of chunksOf(response.body, SILENCE_MS, signal)) {
            await part.write(piece);
            meter.add(piece.length);
            patience.progressed();
          }
        if (part.bytes < size) throw unreachable('the connection broke before the end');
        isWhole = true;
      } catch (error) {
        if (size === 0) throw error;
        await patience.afterFailure(error);
      }
    }
    if (resumedAt > 0) await compare(part);
    await part.place(source, target.old, noClobber);
    return { type: 'file', files: 1, bytes: part.bytes, ...(resumedAt > 0 && { resumedAt }) };
  } catch (error) {
    signal.throwIfAborted();
    // Nothing of it is of use.
    if (error instanceof Refusal || (error instanceof ClientError && error.reason === 'refused')) part.isKept = false;
    if (error instanceof ClientError && error.status === 412) throw changed(label);
    throw error;
  } finally {
    if (signal.aborted && part.isKept) tell(`${label}: to go on where it was, run the same command again`);
  }

  /** A machine that lost its power may have kept the length of what came, and not the bytes. */
  async function compare(got: PartFile): Promise<void> {
    const there = await patience.until(() => client.files.stat(path, { follow: true, hash: 'sha256', signal }));
    if (there.version !== version) throw changed(label);
    if (there.sha256 !== got.sha256) throw new Refusal(`${label} did not arrive as it is; copy it again`);
  }
}
