/** A file to a server: at once, or in parts where it is large. */
import { ClientError } from '../../client/failure.ts';
import type { FileSource } from './file-source.ts';
import { Patience } from './patience.ts';
import { changed, Refusal } from './refusal.ts';
import { sendParts, type FileTarget } from './send-parts.ts';
import type { Transfer, Transferred } from './transfer.ts';

/** What is larger is sent in parts. */
const AT_ONCE_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/** `label`: the source, as the command line has it. */
export async function sendFile(
  source: FileSource,
  label: string,
  target: FileTarget,
  transfer: Transfer,
): Promise<Transferred> {
  transfer.meter.begin(label, source.thing.size);
  try {
    return source.thing.size > AT_ONCE_BYTES
      ? await sendParts(source, label, target, transfer)
      : await sendAtOnce(source, label, target, transfer);
  } catch (error) {
    if (!(error instanceof ClientError && error.status === 412)) throw error;
    throw transfer.noClobber ? new Refusal(`${target.path} is there already (--no-clobber)`) : changed(label);
  }
}

async function sendAtOnce(
  source: FileSource,
  label: string,
  { client, path }: FileTarget,
  { signal, meter, noClobber }: Transfer,
): Promise<Transferred> {
  const { size, mode, modifiedAt } = source.thing;
  const patience = new Patience(signal);
  const bytes = await patience.until(() => source.part(0, size === 0 ? AT_ONCE_BYTES : size));
  // What says 0, as files of the kernel do, is another one each time.
  if (size > 0 && (bytes.length !== size || !(await source.isStill()))) throw changed(label);
  const sha256 = new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
  const send = () => {
    meter.at(0);
    return client.files.write(path, size === 0 ? bytes : inPieces(bytes, (sent) => meter.add(sent)), {
      sha256,
      modifiedAt,
      ...(mode !== undefined && { mode }),
      ...(noClobber && { version: 'none' }),
      signal,
    });
  };
  // The one that broke may have made it: then it would be in its own way.
  await (noClobber ? send() : patience.until(send));
  return { type: 'file', files: 1, bytes: bytes.length };
}

/** `sent`: is told of each piece that is taken. */
function inPieces(bytes: Uint8Array<ArrayBuffer>, sent: (bytes: number) => void): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        at += piece.length;
        if (piece.length === 0) return controller.close();
        sent(piece.length);
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
}
