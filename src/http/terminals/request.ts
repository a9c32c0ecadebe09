/** The body of `POST /terminals`, checked. */
import { environmentProblem } from '../../core/environment.ts';
import { ID_PATTERN } from '../../core/id.ts';
import { TerminalRequest } from '../../protocol/terminal.ts';
import { jsonBody } from '../wire/json-body.ts';

export const terminalBody = jsonBody(TerminalRequest, {
  nullIsAbsent: true,
  problem: ({ env, name }) => (env === undefined ? undefined : environmentProblem(env)) ?? nameProblem(name),
});

function nameProblem(name: unknown): string | undefined {
  // The shape refuses what is not a text.
  if (typeof name !== 'string') return undefined;
  // A URL cannot name these: every client takes them for folders.
  if (name === '.' || name === '..') return 'name may not be "." or ".."';
  if (ID_PATTERN.test(name)) return 'name may not look like an id: 12 hex digits';
  return /\p{Cc}/u.test(name) ? 'name may not contain control characters' : undefined;
}
