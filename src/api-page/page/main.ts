/** Shows the document that the server put into this page, by Scalar, which by then has been loaded. */
import { OWN_STYLE } from './own-style.ts';
import { KEY_VARIABLE } from './samples/key-variable.ts';
import type { DescribedApi } from './samples/sample-request.ts';
import { withSamples } from './samples/samples.ts';
import { withPlainSummaries } from './plain-summaries.ts';

interface Scalar {
  createApiReference(selector: string, configuration: Readonly<Record<string, unknown>>): unknown;
}

interface ApiDocument extends DescribedApi {
  readonly info: { readonly description: string };
}

const HOW_TO = `The samples work as they are pasted, with the key in the environment variable \`${KEY_VARIABLE}\`, and with ids in the variables that they name. A socket has none: not each of these languages has a client of WebSockets.

The same for programs: [openapi.json](/openapi.json). For people there is the [console](/).`;

const api = JSON.parse(document.querySelector('#document')?.textContent ?? '{}') as ApiDocument;
const shown = {
  ...withPlainSummaries(withSamples(api, location.origin)),
  info: { ...api.info, description: `${api.info.description}\n\n${HOW_TO}` },
  servers: [{ url: location.origin }],
};

(globalThis as unknown as { readonly Scalar: Scalar }).Scalar.createApiReference('#reference', {
  content: shown,
  // Nothing that asks somebody else: the policy of the page would refuse it anyway.
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  // This page has no key and an opaque origin: requests are for the console, and for the samples.
  hideTestRequestButton: true,
  documentDownloadType: 'none',
  // The samples are ours alone.
  hiddenClients: true,
  defaultOpenFirstTag: false,
  customCss: OWN_STYLE,
});
