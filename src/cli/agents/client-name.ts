/** What a client of the Agent Client Protocol calls itself, on one line of a terminal. Its words are foreign. */
import { cut } from '../table.ts';
import { fieldsOf, textOf } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';

const MAX_COLUMNS = 30;

/** `client`: its `clientInfo`; null when it has not introduced itself. */
export function clientName(client: unknown): string {
  const { title, name } = fieldsOf(client);
  return cut(foreignLine(textOf(title) ?? textOf(name) ?? 'unnamed client'), MAX_COLUMNS);
}
