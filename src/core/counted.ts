/** Numbers of things, in words. */

/** Such as `1 job` or `2 terminals`; `plural` is the name of several. */
export const counted = (count: number, plural: string): string =>
  `${count} ${count === 1 ? plural.replace(/s$/, '') : plural}`;

/** Such as `a, b and c`; empty for nothing. */
export const enumerated = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
