/** Numbers of things, in words. */

/** Such as `1 job` or `2 terminals`; `plural` is the name of several. */
export const counted = (count: number, plural: string): string =>
  `${count} ${count === 1 ? plural.replace(/s$/, '') : plural}`;

/** Such as `a, b and c`; empty for nothing. */
export const enumerated = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Such as `2 terminals and 1 job in persistent shells`; what there is none of is left out. */
export const countedEach = (
  things: readonly { readonly kind: string; readonly where?: string | undefined; readonly count: number }[],
): string =>
  enumerated(
    things
      .filter(({ count }) => count > 0)
      .map(({ kind, where, count }) => [counted(count, kind), ...(where === undefined ? [] : [where])].join(' ')),
  );
