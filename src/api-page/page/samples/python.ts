/** For Python 3 with nothing but its standard library. */
import { KEY_VARIABLE } from './key-variable.ts';
import type { SampleRequest } from './sample-request.ts';

const READ: Readonly<Record<SampleRequest['answer'], readonly string[]>> = {
  json: ['print(json.load(response))'],
  text: ['print(response.read().decode())'],
  bytes: ['sys.stdout.buffer.write(response.read())'],
  events: ['for line in response:', `    print(line.decode(), end='', flush=True)`],
};

export function pythonSample({ method, origin, path, body, needsKey, answer }: SampleRequest): string {
  const variables = path.some((part) => typeof part !== 'string');
  const modules = [
    ...(body !== undefined || answer === 'json' ? ['json'] : []),
    ...(needsKey || variables ? ['os'] : []),
    ...(answer === 'bytes' ? ['sys'] : []),
    ...(variables ? ['urllib.parse'] : []),
    'urllib.request',
  ];
  const headers = [
    ...(needsKey ? [`'X-API-Key': os.environ['${KEY_VARIABLE}']`] : []),
    ...(body === undefined ? [] : [`'Content-Type': 'application/json'`]),
  ];
  const url = path.map((part) => (typeof part === 'string' ? part : fromEnvironment(part.variable)));
  return [
    `import ${modules.join(', ')}`,
    '',
    'request = urllib.request.Request(',
    `    ${variables ? 'f' : ''}'${origin}${url.join('')}',`,
    ...(method === 'GET' ? [] : [`    method='${method}',`]),
    ...(headers.length === 0 ? [] : [`    headers={${headers.join(', ')}},`]),
    ...(body === undefined ? [] : [`    data=json.dumps(${literal(body)}).encode(),`]),
    ')',
    'with urllib.request.urlopen(request) as response:',
    ...READ[answer].map((line) => `    ${line}`),
  ].join('\n');
}

const fromEnvironment = (variable: string): string => `{urllib.parse.quote(os.environ["${variable}"], safe="")}`;

/** A value of JSON as Python writes it. */
function literal(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, one]) => `${literal(name)}: ${literal(one)}`)
      .join(', ')}}`;
  if (typeof value !== 'string') return JSON.stringify(value);
  // What JSON escapes, Python escapes the same way; only the quote is another.
  return `'${JSON.stringify(value)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
}
