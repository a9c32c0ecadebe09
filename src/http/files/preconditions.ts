/** What a request asks of the version that it is about (RFC 9110, 13). Our tags are strong: `W/` in front of one is no match. */

/** As `ETag` and the fields below have it. */
export const tagOf = (version: string): string => `"${version}"`;

/** Whether the field, a list of tags or `*`, names the version of something that is there. */
export const names = (field: string, version: string): boolean =>
  field.trim() === '*' ||
  field
    .split(',')
    .map((tag) => tag.trim())
    .includes(tagOf(version));

/** The same for `If-None-Match`, where a weak tag counts, too. */
export const namesWeakly = (field: string, version: string): boolean => names(field.replaceAll('W/', ''), version);
