/** The terminal's colours, which are the page's, light or dark. */
import type { ITheme } from '@xterm/xterm';
import { contrast, type Rgb } from '../color/contrast.ts';
import { COLORS } from '../color/program-colors.ts';

const NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

export function palette(): ITheme {
  const style = getComputedStyle(document.body);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: color('--terminal-ground'),
    foreground: color('--text'),
    cursor: color('--accent'),
    cursorAccent: color('--terminal-ground'),
    selectionBackground: `${color('--accent')}55`,
    scrollbarSliderBackground: `${color('--muted')}44`,
    scrollbarSliderHoverBackground: `${color('--muted')}77`,
    scrollbarSliderActiveBackground: `${color('--muted')}99`,
    ...Object.fromEntries(NAMES.map((name, index) => [name, css(COLORS[scheme(style)].named[index])])),
  };
}

/** That of the page as it is drawn, whoever chose it: a light page has dark text. */
function scheme(style: CSSStyleDeclaration): keyof typeof COLORS {
  const text = style.color.match(/\d+/g)?.map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = text;
  return contrast([red, green, blue], [0, 0, 0]) > contrast([red, green, blue], [255, 255, 255]) ? 'dark' : 'light';
}

const css = (color: Rgb = [0, 0, 0]): string => `rgb(${color.join(', ')})`;
