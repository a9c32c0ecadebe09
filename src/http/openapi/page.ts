/** The OpenAPI document as one plain page: no script, nothing loaded from elsewhere, works offline. */
import type { OpenApiDocument, OpenApiOperation } from './document.ts';

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  code, pre { font: 14px/1.5 ui-monospace, monospace; }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: 6px; }
  h2 { margin-top: 2.5rem; border-top: 1px solid #8884; padding-top: 1.5rem; font-size: 1.15rem; }
  h2 b { display: inline-block; min-width: 4rem; }
  dt { font-family: ui-monospace, monospace; font-size: 14px; margin-top: .4rem; }
  dd { margin: 0 0 0 1.5rem; }
`;

export const OPENAPI_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

export function openApiPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationSection(method.toUpperCase(), path, operation)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>agent-server ${text(document.info.version)}: API</title><style>${STYLE}</style></head><body>
<h1>agent-server ${text(document.info.version)}</h1>
<p>${prose(document.info.description)}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
${operations.join('\n')}
<h2>Shapes</h2>
${shapes(document).join('\n')}
</body></html>`;
}

function operationSection(method: string, path: string, operation: OpenApiOperation): string {
  const parameters = (operation.parameters ?? []).map((one) =>
    entry(`${one.name} (${one.in})`, prose(one.description)),
  );
  const answers = Object.entries(operation.responses).map(([status, answer]) =>
    entry(status, `${prose(answer.description)}${shapeLink(answer)}`),
  );
  return `<h2 id="${text(operation.operationId)}"><b>${method}</b> <code>${text(path)}</code></h2>
<p>${prose(operation.summary)}${operation.security?.length === 0 ? ' <em>No key needed.</em>' : ''}</p>
${operation.description === undefined ? '' : `<p>${prose(operation.description)}</p>`}
${parameters.length === 0 ? '' : `<h3>Parameters</h3><dl>${parameters.join('')}</dl>`}
${operation.requestBody === undefined ? '' : `<h3>Body</h3><p>JSON:${shapeLink(operation.requestBody)}</p>`}
<h3>Answers</h3><dl>${answers.join('')}</dl>`;
}

interface Shape {
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly type?: string }>>;
}

function shapes(document: OpenApiDocument): string[] {
  const schemas = document.components['schemas'] as Readonly<Record<string, Shape>>;
  return Object.entries(schemas).map(([name, { description = '', required = [], properties = {} }]) => {
    const fields = Object.entries(properties).map(([field, { description: meaning = '', type }]) => {
      const kind = [type, required.includes(field) ? undefined : 'optional'].filter((word) => word !== undefined);
      return entry(field + (kind.length === 0 ? '' : ` (${kind.join(', ')})`), prose(meaning));
    });
    return `<h3 id="shape-${name}">${text(name)}</h3><p>${prose(description)}</p><dl>${fields.join('')}</dl>`;
  });
}

/** Links to the shapes that this part of the document refers to. */
function shapeLink(part: unknown): string {
  const names = [...JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
  return [...new Set(names)].map((name) => ` <a href="#shape-${name}">${name}</a>`).join('');
}

const entry = (term: string, html: string): string => `<dt>${text(term)}</dt><dd>${html}</dd>`;
const text = (raw: string): string => Bun.escapeHTML(raw);
const prose = (raw: string): string => text(raw).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
