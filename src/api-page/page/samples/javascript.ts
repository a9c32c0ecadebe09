/** For fetch, as a module or at the prompt of Node, Bun and Deno: nowhere else is there an environment. */
import { KEY_VARIABLE } from './key-variable.ts';
import type { SampleRequest } from './sample-request.ts';

const READ: Readonly<Record<SampleRequest['answer'], string>> = {
  json: 'console.log(await response.json());',
  text: 'console.log(await response.text());',
  bytes: 'process.stdout.write(new Uint8Array(await response.arrayBuffer()));',
  events: 'for await (const text of response.body.pipeThrough(new TextDecoderStream())) process.stdout.write(text);',
};

export function javaScriptSample({ method, origin, path, body, needsKey, answer }: SampleRequest): string {
  const headers = [
    ...(needsKey ? [`'X-API-Key': process.env.${KEY_VARIABLE}`] : []),
    ...(body === undefined ? [] : [`'Content-Type': 'application/json'`]),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length === 0 ? [] : [`headers: { ${headers.join(', ')} }`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${JSON.stringify(body)})`]),
  ];
  const url = path.map((part) =>
    typeof part === 'string' ? part : `\${encodeURIComponent(process.env.${part.variable})}`,
  );
  const given = options.length === 0 ? '' : `, {\n${options.map((option) => `  ${option},\n`).join('')}}`;
  return [
    `const response = await fetch(\`${origin}${url.join('')}\`${given});`,
    'if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);',
    READ[answer],
  ].join('\n');
}
