/**
 * The API page: the document as people read it, and the policy under which the page does.
 *
 * It is a library's (api-page/), and shares its address with the console, which keeps the key in the storage of that
 * origin. So it is sandboxed: its origin is opaque, it has no storage, no window to reach the console through, and
 * nobody to send anything to.
 */
import { apiPageFiles } from '../../api-page/page-files.ts';
import { refusalResponse } from '../wire/failures.ts';
import { ASK_AGAIN, bodiesOf } from '../wire/page-file.ts';
import type { OpenApiDocument } from './document.ts';

const policy = (nonce: string): string =>
  [
    'sandbox allow-scripts',
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'nonce-${nonce}'`,
    // The empty icon.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Vue's, inside of Scalar, and that of api-page/page/style-attributes.ts.
    'trusted-types vue kept-styles',
  ].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': ASK_AGAIN,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** `document`: as `embedded` makes it. */
export async function openApiPage(document: string): Promise<Response> {
  const found = await apiPageFiles.file('');
  if (!found.ok) return refusalResponse(found.failure);
  const file = found.value;
  if (file === undefined) return refusalResponse({ reason: 'not-found' });
  const nonce = crypto.randomUUID();
  const template = await bodiesOf(file).plain.text();
  const page = template.replace('{nonce}', nonce).replace('{document}', () => document);
  return new Response(page, { headers: { ...HEADERS, 'content-security-policy': policy(nonce) } });
}

/** As JSON inside of a script element, which only `</script` or `<!--` could leave. */
export const embedded = (document: OpenApiDocument): string =>
  JSON.stringify(document).replaceAll('<', String.raw`\u003c`);
