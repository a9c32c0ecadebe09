/** How a client has introduced itself, as the record and the log of each of its sessions repeat it: so with a bound. */
import { fieldsOf } from '../session/entry.ts';

const FIELDS = ['name', 'title', 'version'] as const;
const MAX_CHARACTERS = 200;

/** Null where it has said nothing that can be told. */
export function clientInfoOf(told: unknown): Readonly<Record<string, string>> | null {
  const given = fieldsOf(told);
  const kept = FIELDS.flatMap((field) => {
    const text = given[field];
    return typeof text === 'string' ? [[field, text.slice(0, MAX_CHARACTERS)]] : [];
  });
  return kept.length === 0 ? null : Object.fromEntries(kept);
}
