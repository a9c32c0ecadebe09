/** For Windows PowerShell 5.1 and PowerShell 7. */
import { KEY_VARIABLE } from './key-variable.ts';
import type { SampleRequest } from './sample-request.ts';

export function powerShellSample(request: SampleRequest): string {
  const { method, body, needsKey, answer } = request;
  if (answer === 'events') return streamed(request);
  const parts = [
    `Invoke-RestMethod -Uri ${address(request)}`,
    ...(method === 'GET' ? [] : [`-Method ${method}`]),
    ...(needsKey ? [`-Headers @{ 'X-API-Key' = $env:${KEY_VARIABLE} }`] : []),
    // Without the charset 5.1 sends Latin-1.
    ...(body === undefined
      ? []
      : [`-ContentType 'application/json; charset=utf-8'`, `-Body ${quoted(JSON.stringify(body))}`]),
  ];
  return parts.join(' `\n  ');
}

/** Invoke-RestMethod would wait for the end of the stream. */
function streamed(request: SampleRequest): string {
  return [
    `$request = [Net.WebRequest]::Create(${address(request)})`,
    ...(request.needsKey ? [`$request.Headers['X-API-Key'] = $env:${KEY_VARIABLE}`] : []),
    '$reader = [IO.StreamReader]::new($request.GetResponse().GetResponseStream())',
    'while ($null -ne ($line = $reader.ReadLine())) { $line }',
  ].join('\n');
}

function address({ origin, path }: SampleRequest): string {
  const parts = path.map((part) =>
    typeof part === 'string' ? part : `$([uri]::EscapeDataString($env:${part.variable}))`,
  );
  return `"${origin}${parts.join('')}"`;
}

// PowerShell takes typographic quotes for quotes, too.
const quoted = (text: string): string => `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
