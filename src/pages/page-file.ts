/** One file of a page that people see, as it travels in the executable. */
export interface PageFile {
  /** Below the page's folder, such as `/console/`; empty for the page itself. */
  readonly name: string;
  readonly type: string;
  /** Base64 of the gzip: the files travel as one text. */
  readonly gzip: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export const isPageFile = (path: string): boolean => extensionOf(path) in TYPES;

/** The page itself, which has no name of its own. */
export const packedPage = (html: string): PageFile => packedAs('', 'page.html', html);

export const packed = (name: string, text: string): PageFile => packedAs(name, name, text);

const packedAs = (name: string, file: string, text: string): PageFile => ({
  name,
  type: TYPES[extensionOf(file)] ?? '',
  gzip: Buffer.from(Bun.gzipSync(text, { level: 9 })).toString('base64'),
});

/** `main.js` → `main-1a2b3c.js`, by the content: such a file never changes under its name. */
export function namedByContent(name: string, text: string): string {
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${Bun.hash(text).toString(36)}${name.slice(dot)}`;
}

const extensionOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
