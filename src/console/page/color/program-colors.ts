/**
 * The colours that programs print in, light and dark: the sixteen named ones, which follow the page, and those of xterm's
 * palette and true colour, which do not. The one palette of job output and terminals.
 */
import type { Rgb } from './contrast.ts';

export type Scheme = 'light' | 'dark';

export interface SchemeColors {
  readonly text: Rgb;
  /** What output is printed on. Of the page's grounds the one with the least contrast to the text. */
  readonly ground: Rgb;
  readonly named: readonly Rgb[];
}

const rgb = (hex: string): Rgb => [byte(hex, 1), byte(hex, 3), byte(hex, 5)];
const byte = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);

/** Black, red, green, yellow, blue, magenta, cyan, white; then the bright ones. */
export const COLORS: Readonly<Record<Scheme, SchemeColors>> = {
  light: {
    text: rgb('#1b1d20'),
    ground: rgb('#f0f0ed'),
    named: [
      '#24272b',
      '#b3261e',
      '#12703f',
      '#845400',
      '#2554c7',
      '#8a2d9c',
      '#0b6b78',
      '#6b6f76',
      '#5d6168',
      '#cf3a31',
      '#17804a',
      '#966100',
      '#3c6be0',
      '#a043b3',
      '#0f7c8b',
      '#3c4046',
    ].map(rgb),
  },
  dark: {
    text: rgb('#e5e7ea'),
    ground: rgb('#1c2025'),
    named: [
      '#3d434b',
      '#ff8f86',
      '#5fcf94',
      '#efb458',
      '#8db0ff',
      '#d59bea',
      '#66c7d6',
      '#c6cbd2',
      '#858c96',
      '#ffa8a1',
      '#7fe0ad',
      '#f7c87c',
      '#a9c4ff',
      '#e3b7f2',
      '#8adbe8',
      '#f4f6f8',
    ].map(rgb),
  },
};

/** A palette index 0–255 (16 named, a cube of 6 × 6 × 6, 24 greys) or `#rrggbb`. */
export function colorOf(color: number | string, { named }: SchemeColors): Rgb {
  if (typeof color === 'string') return rgb(color);
  const known = named[color];
  if (known !== undefined) return known;
  if (color >= 232) return [grey(color), grey(color), grey(color)];
  const index = color - 16;
  return [step(Math.floor(index / 36)), step(Math.floor(index / 6) % 6), step(index % 6)];
}

const grey = (color: number): number => 8 + (color - 232) * 10;
const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
