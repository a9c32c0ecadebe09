/**
 * Makes the console page out of its sources: scripts and styles bundled, named after their content, compressed once.
 *
 * build.ts puts the result into the executable; a server that runs from source makes it at the first request.
 */
import { join } from 'node:path';
import { isPageFile, namedByContent, packed, packedPage, type PageFile } from '../pages/page-file.ts';
import { strictStyles } from './strict-styles.ts';

const PAGE = join(import.meta.dir, 'page');
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
  const outputs = built.outputs.filter(({ path }) => isPageFile(path));
  const files = [
    { name: namedByContent('icon.svg', icon), text: icon },
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
  return [packedPage(page), ...files.map(({ name, text }) => packed(name, text))];
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
