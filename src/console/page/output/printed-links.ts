/** Addresses in what a program prints. */
import type { Run } from './styled-text.ts';

/** What looks like an address; what ends a sentence or closes a bracket around it is no part of it. */
const ADDRESS = /(?:https?:\/\/|mailto:)[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/gi;
/** A longer row is data rather than text, and not searched for addresses. */
const MAX_SEARCHED = 20_000;

/** Addresses that are printed as text become links too, whatever colours they are printed in. */
export function withLinks(runs: readonly Run[]): readonly Run[] {
  const text = runs.map((run) => run.text).join('');
  const found = text.length > MAX_SEARCHED ? [] : [...text.matchAll(ADDRESS)];
  if (found.length === 0) return runs;
  const parts: Run[] = [];
  let at = 0;
  for (const run of runs) {
    const end = at + run.text.length;
    const edges = found.flatMap(({ index, 0: { length } }) => [index, index + length]);
    const cuts = [at, ...edges.filter((edge) => edge > at && edge < end), end];
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const link = run.link ?? found.find((one) => one.index <= from && from < one.index + one[0].length)?.[0];
      const part = run.text.slice(from - at, (cuts[index + 1] ?? end) - at);
      parts.push({ text: part, style: run.style, ...(link !== undefined && { link }) });
    }
    at = end;
  }
  return parts;
}
