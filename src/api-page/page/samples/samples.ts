/**
 * The samples of every operation: each works as it is pasted, with the key in the environment, and where the path has
 * an id, that too.
 */
import { curlSample } from './curl.ts';
import { javaScriptSample } from './javascript.ts';
import { powerShellSample } from './powershell.ts';
import { pythonSample } from './python.ts';
import { sampleRequest, type DescribedApi, type SampleRequest } from './sample-request.ts';

export interface Sample {
  /** What colours it. */
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

interface Language {
  readonly lang: string;
  readonly label: string;
  readonly write: (request: SampleRequest) => string;
}

const LANGUAGES: readonly Language[] = [
  { lang: 'shell', label: 'curl', write: curlSample },
  { lang: 'powershell', label: 'PowerShell', write: powerShellSample },
  { lang: 'javascript', label: 'JavaScript', write: javaScriptSample },
  { lang: 'python', label: 'Python', write: pythonSample },
];

/** The document with samples in each operation, by the name that readers of OpenAPI know: `x-codeSamples`. */
export function withSamples<Api extends DescribedApi>(api: Api, origin: string): Api {
  const paths = Object.entries(api.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => {
        const request = sampleRequest(api, origin, path, method, operation);
        const samples: Sample[] =
          request === undefined
            ? []
            : LANGUAGES.map(({ lang, label, write }) => ({ lang, label, source: write(request) }));
        return [method, { ...operation, 'x-codeSamples': samples }];
      }),
    ),
  ]);
  return { ...api, paths: Object.fromEntries(paths) };
}
