/** A run of text in its colours. The sixteen named ones follow the page's own scheme, light or dark. */
import { h } from '../element.ts';
import type { Run, TextStyle } from './styled-text.ts';

export function runElement({ text, style }: Run): Node {
  const names = classesOf(style);
  const { color, background } = style.inverse === true ? inverted(style) : style;
  if (names.length === 0 && color === undefined && background === undefined) return document.createTextNode(text);
  const element = h('span', { class: names.length === 0 ? undefined : names.join(' ') }, text);
  if (color !== undefined) element.style.color = cssColor(color);
  if (background !== undefined) element.style.backgroundColor = cssColor(background);
  return element;
}

const classesOf = ({ bold, dim, italic, underline }: TextStyle): string[] =>
  Object.entries({ bold, dim, italic, underline }).flatMap(([name, on]) => (on === true ? [`text-${name}`] : []));

const inverted = ({ color, background }: TextStyle) => ({
  color: background ?? 'var(--surface)',
  background: color ?? 'var(--text)',
});

/** xterm's palette: 16 named, a cube of 6 × 6 × 6, 24 greys. */
function cssColor(color: number | string): string {
  if (typeof color === 'string') return color;
  if (color < 16) return `var(--ansi-${color})`;
  if (color >= 232) return `rgb(${Array.from({ length: 3 }, () => 8 + (color - 232) * 10).join(' ')})`;
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const index = color - 16;
  return `rgb(${step(Math.floor(index / 36))} ${step(Math.floor(index / 6) % 6)} ${step(index % 6)})`;
}
