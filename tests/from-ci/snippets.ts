/** The files that a document shows: a fenced block names its file behind its language, as in "```sh ci/agent-run.sh". */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '../..');

/** Name of the file → its text. */
export function snippetsOf(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, document), 'utf8');
  return new Map([...text.matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm)].map(([, name = '', body = '']) => [name, body]));
}
