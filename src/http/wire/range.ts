/** HTTP byte ranges (RFC 9110, 14): one span; anything else is ignored, as the RFC allows. */
export interface ByteRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  if (first === '') {
    const wanted = Number(last);
    return wanted === 0 || size === 0 ? 'unsatisfiable' : { from: Math.max(0, size - wanted), to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  // A span that ends before it begins is no range at all, and ignored.
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
}
