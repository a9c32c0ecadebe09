/**
 * A file, or a part of it, as text or as bytes. A file that can be read whole is, so that its hash, its lines and its line ends
 * come with each part; of a larger one only a span of bytes is read.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { unreadableIn } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { openForReading } from '../read.ts';
import { readWhole, type WholeFailure, type WholeFile } from './read-whole.ts';
import { decode, decodeAs, formatOf, markOf, type NotText, type TextFormat } from './text-format.ts';
import { TextLines, type LineEnd } from './text-lines.ts';

export interface PartWanted {
  /** Lines from 1, `to` included; default: the first, the last. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The same in bytes, of the file as it is. */
  readonly offset?: number | undefined;
  readonly bytes?: number | undefined;
  readonly as: 'text' | 'bytes';
}

export interface Part {
  readonly content: string | Uint8Array;
  readonly version: string;
  /** Bytes of the whole. */
  readonly size: number;
  /** Undefined for a file that is not read whole. */
  readonly sha256: string | undefined;
  /** Undefined for what is no text, or not read whole. */
  readonly format:
    | (TextFormat & { readonly end: LineEnd; readonly isMixed: boolean; readonly lines: number })
    | undefined;
}

export type PartFailure =
  | WholeFailure
  | NotText
  | { readonly reason: 'part-invalid'; readonly detail: string }
  | { readonly reason: 'beyond-end'; readonly detail: string }
  /** More than there is still room for in an answer of so many bytes. */
  | { readonly reason: 'answer-full'; readonly limit: number };

/** Bytes that the parts of one answer may have together. */
export const MAX_PARTS_BYTES = 8 * 1024 * 1024;

/** `room`: bytes that this part may have. */
export async function readPart(
  reach: Reach,
  place: Place,
  wanted: PartWanted,
  room: number,
): Promise<Result<Part, PartFailure>> {
  const invalid = problemOf(wanted);
  if (invalid !== undefined) return fail({ reason: 'part-invalid', detail: invalid });
  const whole = await readWhole(reach, place);
  const part = whole.ok
    ? partOf(whole.value, wanted)
    : whole.failure.reason === 'file-too-large' && wanted.offset !== undefined
      ? await readSpan(reach, place, wanted, room)
      : whole;
  if (!part.ok) return part;
  return sizeOf(part.value.content) > room ? FULL : part;
}

export const sizeOf = (content: string | Uint8Array): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : content.length;

const FULL = fail({ reason: 'answer-full', limit: MAX_PARTS_BYTES } as const);

function problemOf({ from, to, offset, bytes, as }: PartWanted): string | undefined {
  const hasLines = from !== undefined || to !== undefined;
  const hasBytes = offset !== undefined || bytes !== undefined;
  if (hasLines && hasBytes) return 'from and to count lines, offset and bytes count bytes: give one kind';
  if (hasLines && as === 'bytes') return 'from and to count lines of text: with base64 give offset and bytes';
  return from !== undefined && to !== undefined && to < from ? 'to must be at least from' : undefined;
}

function partOf({ bytes, sha256, version }: WholeFile, wanted: PartWanted): Result<Part, PartFailure> {
  const text = decode(bytes);
  const lines = text.ok ? new TextLines(text.value.text) : undefined;
  const format = text.ok && lines !== undefined ? { ...text.value, ...describe(lines) } : undefined;
  const about = { version, size: bytes.length, sha256, format };
  if (wanted.offset !== undefined || wanted.bytes !== undefined) {
    const { offset = 0 } = wanted;
    if (offset > bytes.length) return beyondEnd(bytes.length);
    const content = contentOf(bytes.subarray(offset, endOf(wanted)), offset, wanted, formatOf(bytes));
    return content.ok ? ok({ ...about, content: content.value }) : content;
  }
  if (wanted.as === 'bytes') return ok({ ...about, content: bytes });
  if (!text.ok) return text;
  if (lines === undefined) throw new Error('text has lines');
  const { from = 1, to = lines.count } = wanted;
  if (from > Math.max(1, lines.count))
    return fail({ reason: 'beyond-end', detail: `the file has ${lines.count} lines` });
  return ok({ ...about, content: lines.slice(from, Math.min(to, lines.count)) });
}

function describe(lines: TextLines): { readonly end: LineEnd; readonly isMixed: boolean; readonly lines: number } {
  const { crlf, lf } = lines.ends;
  return { end: lines.usualEnd, isMixed: crlf > 0 && lf > 0, lines: lines.count };
}

const endOf = ({ offset = 0, bytes = Infinity }: PartWanted): number => offset + bytes;
const beyondEnd = (size: number) => fail({ reason: 'beyond-end', detail: `the file has ${size} bytes` } as const);

/** A span of bytes as it was asked for; a mark at the beginning of the file is no text. */
function contentOf(
  span: Uint8Array,
  offset: number,
  { as }: PartWanted,
  format: Result<TextFormat, NotText>,
): Result<string | Uint8Array, NotText> {
  if (as === 'bytes') return ok(span);
  if (!format.ok) return format;
  // A half of UTF-16 would be read as other characters.
  if (format.value.charset !== 'utf-8' && offset % 2 !== 0) return fail({ reason: 'not-text' });
  return decodeAs(format.value.charset, span.subarray(offset === 0 ? markOf(format.value).length : 0));
}

async function readSpan(
  reach: Reach,
  place: Place,
  wanted: PartWanted,
  room: number,
): Promise<Result<Part, PartFailure>> {
  const opened = await openForReading(reach, place);
  if (!opened.ok) return opened;
  await using file = opened.value;
  const { version, size } = file;
  const { offset = 0 } = wanted;
  // UTF-16 may become shorter as text, but not by half.
  const most = room * 2;
  if (offset > size) return beyondEnd(size);
  const end = Math.min(size, endOf(wanted));
  if (end - offset > most) return FULL;
  try {
    const format = formatOf(await file.bytes(0, 4));
    const content = contentOf(await file.bytes(offset, end), offset, wanted, format);
    return content.ok ? ok({ version, size, sha256: undefined, format: undefined, content: content.value }) : content;
  } catch (error) {
    return fail(unreadableIn(error));
  }
}
