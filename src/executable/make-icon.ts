/** Draws the icon of the Windows executable: `bun src/executable/make-icon.ts` writes icon.ico beside it anew. */
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly [red: number, green: number, blue: number, alpha: number];
type Point = readonly [x: number, y: number];

const BOARD: Colour = [0x12, 0x1a, 0x2b, 255];
const PROMPT: Colour = [0x4a, 0xd6, 0xa0, 255];
const CLEAR: Colour = [0, 0, 0, 0];
const SIZES = [16, 32, 48, 256];
/** Samples per pixel and direction, for smooth edges. */
const SAMPLES = 4;

/** The picture, on a square from 0 to 1: a rounded board with `>_` on it. */
function colourAt(x: number, y: number): Colour {
  if (distance([Math.max(0, Math.abs(x - 0.5) - 0.28), Math.max(0, Math.abs(y - 0.5) - 0.28)], [0, 0]) > 0.2)
    return CLEAR;
  const strokes: [Point, Point][] = [
    [
      [0.24, 0.32],
      [0.44, 0.5],
    ],
    [
      [0.44, 0.5],
      [0.24, 0.68],
    ],
    [
      [0.54, 0.7],
      [0.76, 0.7],
    ],
  ];
  return strokes.some(([from, to]) => distanceToStroke([x, y], from, to) < 0.055) ? PROMPT : BOARD;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function distanceToStroke(point: Point, from: Point, to: Point): number {
  const along: Point = [to[0] - from[0], to[1] - from[1]];
  const share = ((point[0] - from[0]) * along[0] + (point[1] - from[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2);
  const nearest = Math.min(1, Math.max(0, share));
  return distance(point, [from[0] + nearest * along[0], from[1] + nearest * along[1]]);
}

function pixel(size: number, column: number, row: number): Colour {
  const sum = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const dx = ((sample % SAMPLES) + 0.5) / SAMPLES;
    const dy = (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
    const [red, green, blue, alpha] = colourAt((column + dx) / size, (row + dy) / size);
    for (const [index, part] of [red * alpha, green * alpha, blue * alpha, alpha].entries())
      sum[index] = (sum[index] ?? 0) + part;
  }
  const [red = 0, green = 0, blue = 0, alpha = 0] = sum;
  if (alpha === 0) return CLEAR;
  return [red / alpha, green / alpha, blue / alpha, alpha / SAMPLES ** 2];
}

function png(size: number): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      rows.set(pixel(size, column, row).map(Math.round), row * (1 + size * 4) + 1 + column * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // 8 bits per channel, red green blue alpha.
  header.set([8, 6], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** https://en.wikipedia.org/wiki/ICO_(file_format) with a PNG per size, which Windows reads since Vista. */
function ico(pictures: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  for (const [index, picture] of pictures.entries()) {
    const entry = 6 + 16 * index;
    // 256 is written as 0.
    const size = (SIZES[index] ?? 0) % 256;
    head.set([size, size, 0, 0, 1, 0, 32, 0], entry);
    head.writeUInt32LE(picture.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += picture.length;
  }
  return Buffer.concat([head, ...pictures]);
}

await Bun.write(join(import.meta.dir, 'icon.ico'), ico(SIZES.map(png)));
