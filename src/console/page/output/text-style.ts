/** How text looks, and how Select Graphic Rendition changes it (ECMA-48 8.3.117, with the 256 and true colours of xterm). */
export interface TextStyle {
  /** A palette index 0–255, or `#rrggbb`. */
  readonly color?: number | string;
  readonly background?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly strike?: boolean;
}

/** Codes are parted by semicolons; a code with colons in it holds its own values (ITU T.416), such as `4:3` and `38:2::1:2:3`. */
export function styleAfter(style: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(';');
  let now = style;
  for (let at = 0; at < codes.length; at += 1) {
    const [code = 0, ...own] = (codes[at] ?? '').split(':').map(Number);
    if (code !== 38 && code !== 48 && code !== 58) {
      now = code === 4 && own[0] === 0 ? { ...now, underline: false } : afterCode(now, code);
      continue;
    }
    const [color, used] = own.length > 0 ? [colorOf(withoutSpace(own)), 0] : following(codes.slice(at + 1).map(Number));
    at += used;
    // 58 is the colour of the underline, which is drawn in that of the text.
    if (color !== undefined && code !== 58) now = { ...now, [code === 38 ? 'color' : 'background']: color };
  }
  return now;
}

const FLAGS: Readonly<Record<number, TextStyle>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
};

function afterCode(style: TextStyle, code: number): TextStyle {
  if (code === 0) return {};
  if (code >= 30 && code <= 37) return { ...style, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  const { color, background, ...rest } = style;
  if (code === 39) return { ...rest, ...(background !== undefined && { background }) };
  if (code === 49) return { ...rest, ...(color !== undefined && { color }) };
  return { ...style, ...FLAGS[code] };
}

/** The colour that the codes after 38, 48 or 58 name, and how many of them it takes. */
function following(codes: readonly number[]): [color: number | string | undefined, used: number] {
  const used = codes[0] === 5 ? 2 : codes[0] === 2 ? 4 : 0;
  return [colorOf(codes.slice(0, used)), used];
}

/** `5;N` or `2;R;G;B`. */
function colorOf([kind, ...values]: readonly number[]): number | string | undefined {
  if (!values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) return undefined;
  if (kind === 5) return values[0];
  if (kind !== 2 || values.length !== 3) return undefined;
  return `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** With colons the three values of a colour may have the number of a colour space before them. */
const withoutSpace = (own: readonly number[]): readonly number[] =>
  own[0] === 2 && own.length > 4 ? [2, ...own.slice(2, 5)] : own;
