/** A job's output as raw bytes: all of it, a range, or what an event stands for. */
import { chunksOf } from './chunks.ts';
import { ClientError } from './failure.ts';
import type { JobOutputEvent, OutputStream } from './follow.ts';
import { pause } from './pause.ts';
import type { Transport } from './transport.ts';

export interface OutputRange {
  /** Offset of the first byte. Default 0. */
  readonly from?: number;
  /** Offset after the last byte. Default: as far as the output has come. */
  readonly to?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

const SILENCE_MS = 30_000;
const RECONNECT_MS = 100;
/** How long connections may break without bringing anything. */
const FRUITLESS_MS = 30_000;

/** A connection that breaks is taken up again at the byte where it broke. */
export async function* readOutput(
  transport: Transport,
  jobId: string,
  stream: OutputStream,
  { from = 0, to, signal }: OutputRange = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let at = from;
  const end = to ?? Number.POSITIVE_INFINITY;
  let broughtAt = performance.now();
  while (at < end) {
    const before = at;
    const ranged = at > 0 || to !== undefined;
    const body = await openAt(transport, {
      path: `/jobs/${encodeURIComponent(jobId)}/output?stream=${stream}`,
      headers: ranged ? { range: `bytes=${at}-${to === undefined ? '' : to - 1}` } : {},
      repeatable: true,
      signal,
    });
    if (body === undefined) return;
    try {
      for await (const chunk of chunksOf(body, SILENCE_MS, signal)) {
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof ClientError && error.transient)) throw error;
      if (at > before) broughtAt = performance.now();
      if (performance.now() - broughtAt > FRUITLESS_MS) throw error;
      await pause(RECONNECT_MS, signal);
    }
  }
}

/** Undefined where there is nothing at that offset yet. */
async function openAt(
  transport: Transport,
  call: Parameters<Transport['stream']>[0],
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
  try {
    return (await transport.stream(call)).body ?? undefined;
  } catch (error) {
    if (error instanceof ClientError && error.status === 416) return undefined;
    throw error;
  }
}

/**
 * The bytes of an output event. Its text has them, unless something in it was not UTF-8 and had to be replaced: then they
 * are asked for.
 */
export async function bytesOfEvent(transport: Transport, jobId: string, event: JobOutputEvent): Promise<Uint8Array> {
  if (!event.text.includes('\ufffd')) return new TextEncoder().encode(event.text);
  const chunks = readOutput(transport, jobId, event.type, { from: event.offset, to: event.offset + event.bytes });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
