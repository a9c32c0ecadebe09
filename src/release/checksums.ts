/** SHA256SUMS: the format of sha256sum, so that `sha256sum -c SHA256SUMS` checks it. */

export const CHECKSUMS_FILE = 'SHA256SUMS';

/** File name → SHA-256 in hexadecimal. */
export type Checksums = ReadonlyMap<string, string>;

export const formatChecksums = (sums: Checksums): string =>
  [...sums].map(([file, sha256]) => `${sha256}  ${file}\n`).join('');

/** The lines that are checksums; undefined where one is not. */
export function parseChecksums(text: string): Checksums | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const matches = lines.map((line) => /^([0-9a-f]{64}) [ *](.+)$/.exec(line));
  if (matches.some((match) => match === null)) return undefined;
  return new Map(matches.map((match) => [match?.[2] ?? '', match?.[1] ?? '']));
}
