/** Header fields of a message as they are on the wire: in order, a name may come twice. Names are in lower case. */
export type Field = readonly [name: string, value: string];

/** The first one of that name. */
export const fieldOf = (fields: readonly Field[], wanted: string): string | undefined =>
  fields.find(([name]) => name === wanted)?.[1];
