/**
 * Makes the API page: Scalar's API reference as its package has it, and the two scripts of ours around it.
 *
 * build.ts puts the result into the executable; a server that runs from source makes it at the first request.
 *
 * Why Scalar: MIT, released every few weeks; navigation, search, light and dark; it takes samples of ours, works
 * offline and without code made from text; 1.4 MB compressed. Redoc 3 brings OpenTelemetry, Stoplight Elements and
 * Swagger UI bring Scarf's count of installations; Swagger UI has no navigation; RapiDoc had no release for a year.
 */
import { join } from 'node:path';
import { namedByContent, packed, packedPage, type PageFile } from '../pages/page-file.ts';
import { scalarScript } from './scalar-script.ts';

const PAGE = join(import.meta.dir, 'page');

export async function bundleApiPage(): Promise<PageFile[]> {
  const scripts = { before: await script('before.ts'), scalar: await scalarScript(), main: await script('main.ts') };
  let page = await Bun.file(join(PAGE, 'index.html')).text();
  const files = Object.entries(scripts).map(([part, text]) => {
    const name = namedByContent(`${part}.js`, text);
    page = page.replace(`{${part}}`, `openapi/${name}`);
    return packed(name, text);
  });
  return [packedPage(page), ...files];
}

/** No modules: in an opaque origin those are asked for with an Origin that is not of this server. */
async function script(name: string): Promise<string> {
  const built = await Bun.build({ entrypoints: [join(PAGE, name)], target: 'browser', format: 'iife', minify: true });
  const [output] = built.outputs;
  if (output === undefined) throw new Error(`${name} was not bundled`);
  return output.text();
}
