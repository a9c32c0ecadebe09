/**
 * Makes the console page out of its sources: scripts and styles bundled, named after their content, compressed once.
 *
 * build.ts puts the result into the executable; a server that runs from source makes it at the first request.
 */
import { join } from 'node:path';
import { strictStyles } from './strict-styles.ts';

/** One file of the page, ready to be sent. */
export interface PageFile {
  /** Below `/console/`; empty for the page itself. */
  readonly name: string;
  readonly type: string;
  /** Base64 of the gzip: the files travel as one text. */
  readonly gzip: string;
}

const PAGE = join(import.meta.dir, 'page');
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export async function bundlePage(): Promise<PageFile[]> {
  const built = await Bun.build({
    entrypoints: [join(PAGE, 'main.ts'), join(PAGE, 'style', 'console.css')],
    target: 'browser',
    format: 'esm',
    // The terminal's renderer is most of the script, and only who opens a terminal needs it.
    splitting: true,
    minify: true,
    naming: '[name]-[hash].[ext]',
    plugins: [strictStyles],
  });
  const icon = await Bun.file(join(PAGE, 'icon.svg')).text();
  const outputs = built.outputs.filter(({ path }) => extensionOf(path) in TYPES);
  const files = [
    { name: `icon-${Bun.hash(icon).toString(36)}.svg`, text: icon },
    ...(await Promise.all(outputs.map(async (output) => ({ name: nameOf(output.path), text: await output.text() })))),
  ];
  const named = (pattern: RegExp): string => {
    const found = files.find(({ name }) => pattern.test(name));
    if (found === undefined) throw new Error(`the console page has no file like ${pattern}`);
    return `console/${found.name}`;
  };
  const page = (await Bun.file(join(PAGE, 'index.html')).text())
    .replace('{script}', named(/^main-.*\.js$/))
    .replace('{style}', named(/^console-.*\.css$/))
    .replace('{icon}', named(/^icon-.*\.svg$/));
  return [
    packed('', 'text/html; charset=utf-8', page),
    ...files.map(({ name, text }) => packed(name, TYPES[extensionOf(name)] ?? '', text)),
  ];
}

const packed = (name: string, type: string, text: string): PageFile => ({
  name,
  type,
  gzip: Buffer.from(Bun.gzipSync(text, { level: 9 })).toString('base64'),
});

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const extensionOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
