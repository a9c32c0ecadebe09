/**
 * How a text is kept in a file: its encoding, told by the mark at its beginning, and nothing guessed. Bytes that are no text in
 * it are refused rather than replaced: what is read and written again must be what was there.
 */
import { fail, ok, type Result } from '../../core/failure.ts';

export type Charset = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface TextFormat {
  readonly charset: Charset;
  /** Whether a byte-order mark stands in front of it; one of UTF-16 always does. */
  readonly bom: boolean;
}

interface Decoded extends TextFormat {
  /** Without the mark. */
  readonly text: string;
}

export type NotText = { readonly reason: 'not-text' };

const MARKS: Readonly<Record<Charset, readonly number[]>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
};
/** Begins with the mark of UTF-16, whose text it is not. */
const UTF_32LE_MARK = [0xff, 0xfe, 0, 0];

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, at) => bytes[at] === byte);

/** By the first bytes of the file, four where there are as many. */
export function formatOf(bytes: Uint8Array): Result<TextFormat, NotText> {
  if (startsWith(bytes, UTF_32LE_MARK)) return fail({ reason: 'not-text' });
  const marked = (['utf-8', 'utf-16le', 'utf-16be'] as const).find((charset) => startsWith(bytes, MARKS[charset]));
  return ok({ charset: marked ?? 'utf-8', bom: marked !== undefined });
}

/** A whole file. */
export function decode(bytes: Uint8Array): Result<Decoded, NotText> {
  const format = formatOf(bytes);
  if (!format.ok) return format;
  const text = decodeAs(format.value.charset, bytes.subarray(markOf(format.value).length));
  return text.ok ? ok({ ...format.value, text: text.value }) : text;
}

/** Bytes without a mark. */
export function decodeAs(charset: Charset, bytes: Uint8Array): Result<string, NotText> {
  try {
    return ok(new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail({ reason: 'not-text' });
  }
}

/** The bytes of a well-formed text, with the mark. */
export function encode(text: string, format: TextFormat): Uint8Array<ArrayBuffer> {
  const { charset } = format;
  const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'utf16le');
  if (charset === 'utf-16be') bytes.swap16();
  return Buffer.concat([Uint8Array.from(markOf(format)), bytes]);
}

export const markOf = ({ charset, bom }: TextFormat): readonly number[] => (bom ? MARKS[charset] : []);
