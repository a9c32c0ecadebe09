/** What a mistyped word was probably meant to be. */

/** ` (did you mean X?)`, or nothing where no candidate is near. */
export function didYouMean(typed: string, candidates: readonly string[]): string {
  // A third of the word may be wrong: `rm` must not suggest `run`.
  const most = Math.max(1, Math.floor(typed.replace(/^-+/, '').length / 3));
  const [best] = candidates
    .map((word) => ({ word, distance: distanceOf(typed, word) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return best === undefined ? '' : ` (did you mean ${best.word}?)`;
}

/** What is wrong with the first word after a verb that has actions. */
export const unknownAction = (typed: string, actions: readonly string[]): string =>
  `unknown action ${JSON.stringify(typed)}${didYouMean(typed, actions)}; the actions are ${actions.slice(0, -1).join(', ')} and ${actions.at(-1) ?? ''}`;

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + same,
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
