/** Header fields of a message as they are on the wire: in order, a name may come twice. Names are in lower case. */
export type Field = readonly [name: string, value: string];

/** The values of that name as one list (RFC 9110, 5.3); undefined where it is not there. */
export function fieldOf(fields: readonly Field[], wanted: string): string | undefined {
  let found: string | undefined;
  for (const [name, value] of fields) if (name === wanted) found = found === undefined ? value : `${found}, ${value}`;
  return found;
}
