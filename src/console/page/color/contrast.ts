/**
 * Text that can be read on its ground: contrast as WCAG 2 defines it, and a colour moved as far towards black or white
 * as that takes. xterm.js does the same for terminals (`minimumContrastRatio`).
 */
export type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2.2, 1.4.3 (AA): text of normal size. https://www.w3.org/TR/WCAG22/#contrast-minimum */
export const TEXT_CONTRAST = 4.5;

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** Steps between a colour and black or white. */
const STEPS = 20;

/** From 1 (the same) to 21 (black on white). */
export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The colour itself where it can be read on the ground, else the nearest on its way to black or white that can. */
export function readable(color: Rgb, ground: Rgb): Rgb {
  if (contrast(color, ground) >= TEXT_CONTRAST) return color;
  // Away from the ground keeps more of the colour; on a ground in the middle only one of the two ways leads far enough.
  const away = luminance(color) < luminance(ground) ? BLACK : WHITE;
  const there = moved(color, ground, away);
  return contrast(there, ground) >= TEXT_CONTRAST ? there : moved(color, ground, away === BLACK ? WHITE : BLACK);
}

/** `share` of the one and the rest of the other. */
export const mixed = (one: Rgb, other: Rgb, share: number): Rgb => [
  mix(one[0], other[0], share),
  mix(one[1], other[1], share),
  mix(one[2], other[2], share),
];

function moved(color: Rgb, ground: Rgb, end: Rgb): Rgb {
  for (let step = 1; step < STEPS; step += 1) {
    const tried = mixed(end, color, step / STEPS);
    if (contrast(tried, ground) >= TEXT_CONTRAST) return tried;
  }
  return end;
}

const mix = (one: number, other: number, share: number): number => Math.round(one * share + other * (1 - share));

const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
