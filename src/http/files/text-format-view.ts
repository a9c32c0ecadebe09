/** What a text is like beyond its text, as the wire shows it. */
import type { Part } from '../../files/edit/read-part.ts';

export const formatView = ({ end, isMixed, bom, charset, lines }: NonNullable<Part['format']>) => ({
  eol: end === '\n' ? ('lf' as const) : ('crlf' as const),
  mixedEol: isMixed,
  bom,
  charset,
  lines,
});
