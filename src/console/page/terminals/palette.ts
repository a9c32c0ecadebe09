/** The terminal's colours, which are the page's, light or dark. */
import type { ITheme } from '@xterm/xterm';

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
  const style = getComputedStyle(document.documentElement);
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
    ...Object.fromEntries(NAMES.map((name, index) => [name, color(`--ansi-${index}`)])),
  };
}
