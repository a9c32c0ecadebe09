/**
 * xterm.js under `style-src 'self'`.
 *
 * It styles itself with `<style>` elements and, for true colours, with `style` attributes: both are what that policy
 * forbids, and `'unsafe-inline'` would allow them to everybody. What a script does through the CSS object model is
 * not inline style, so while the page is bundled these few places are led there. An update of xterm.js that moves them
 * fails the build rather than the page.
 */
import { join } from 'node:path';
import type { BunPlugin } from 'bun';

const ADOPTED_STYLE = join(import.meta.dir, 'page', 'terminals', 'adopted-style.ts');

const STYLE_ELEMENT = /[\w.]+\.createElement\("style"\)/g;
const STYLE_ELEMENTS = 3;
const STYLE_ATTRIBUTE = /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/g;
const STYLE_ATTRIBUTES = 1;

export const strictStyles: BunPlugin = {
  name: 'strict styles',
  setup(build) {
    build.onLoad({ filter: /@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs$/ }, async ({ path }) => ({
      loader: 'js',
      contents: withStrictStyles(await Bun.file(path).text()),
    }));
  },
};

export function withStrictStyles(source: string): string {
  const found = [source.match(STYLE_ELEMENT)?.length, source.match(STYLE_ATTRIBUTE)?.length];
  if (found[0] !== STYLE_ELEMENTS || found[1] !== STYLE_ATTRIBUTES)
    throw new Error('xterm.js styles itself in other places than before: look at src/console/strict-styles.ts');
  const patched = source
    .replaceAll(STYLE_ELEMENT, 'adoptedStyle()')
    .replaceAll(STYLE_ATTRIBUTE, (_all, element: string, css: string) => `${element}.style.cssText+=${css}`);
  return `import{adoptedStyle}from${JSON.stringify(ADOPTED_STYLE)};${patched}`;
}
