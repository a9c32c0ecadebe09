/** A run of text in its colours, light and dark, each of which can be read on its ground; a link where it leads somewhere. */
import { mixed, readable, type Rgb } from '../color/contrast.ts';
import { COLORS, colorOf, type Scheme } from '../color/program-colors.ts';
import { h } from '../element.ts';
import { printedAddress } from '../web-address.ts';
import type { Run } from './styled-text.ts';
import type { TextStyle } from './text-style.ts';

export function runElement({ text, style, link }: Run): Node {
  const names = classesOf(style);
  const address = link === undefined ? undefined : printedAddress(link);
  const colored = isColored(style);
  if (names === '' && !colored && address === undefined) return document.createTextNode(text);
  const element =
    address === undefined
      ? h('span', { class: names || undefined }, text)
      : h(
          'a',
          { class: names || undefined, href: address, title: address, target: '_blank', rel: 'noopener noreferrer' },
          text,
        );
  if (colored) colorElement(element, style);
  return element;
}

const isColored = ({ color, background, inverse, dim }: TextStyle): boolean =>
  color !== undefined || background !== undefined || inverse === true || dim === true;

const classesOf = ({ bold, italic, underline, strike }: TextStyle): string =>
  Object.entries({ bold, italic, underline, strike })
    .flatMap(([name, on]) => (on === true ? [`text-${name}`] : []))
    .join(' ');

function colorElement(element: HTMLElement, style: TextStyle): void {
  const [light, dark] = [colorsIn('light', style), colorsIn('dark', style)];
  element.style.color = `light-dark(${css(light.color)}, ${css(dark.color)})`;
  if (style.background !== undefined || style.inverse === true)
    element.style.backgroundColor = `light-dark(${css(light.ground)}, ${css(dark.ground)})`;
}

function colorsIn(scheme: Scheme, { color, background, inverse, dim }: TextStyle): { color: Rgb; ground: Rgb } {
  const colors = COLORS[scheme];
  const front = color === undefined ? colors.text : colorOf(color, colors);
  const behind = background === undefined ? colors.ground : colorOf(background, colors);
  const [wanted, ground] = inverse === true ? [behind, front] : [front, behind];
  return { color: readable(dim === true ? mixed(wanted, ground, DIM_SHARE) : wanted, ground), ground };
}

const DIM_SHARE = 0.65;

const css = (color: Rgb): string => `rgb(${color.join(' ')})`;
