/** For curl in a POSIX shell. */
import { KEY_VARIABLE } from './key-variable.ts';
import type { SampleRequest } from './sample-request.ts';

export function curlSample({ method, origin, path, body, needsKey, answer }: SampleRequest): string {
  const url = path.map((part) => (typeof part === 'string' ? part : `$${part.variable}`)).join('');
  return [
    // -N: events are shown as they come.
    ['curl', '-sS', ...(answer === 'events' ? ['-N'] : []), ...(method === 'GET' ? [] : ['-X', method])].join(' ') +
      ` "${origin}${url}"`,
    ...(needsKey ? [`-H "X-API-Key: $${KEY_VARIABLE}"`] : []),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`]),
  ].join(' \\\n  ');
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
