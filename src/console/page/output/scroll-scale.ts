/**
 * The scroll bar of a content that is higher than a browser can lay out (Chromium: 33 million pixels). Its ends are to
 * scale, so that no movement by hand stops before the content does; what is between them is drawn together.
 */
const MAX_HEIGHT = 8_000_000;
const END = 100_000;

/** How high the scrolled element is for a content of that height. */
export const scaledHeight = (height: number): number => Math.min(height, MAX_HEIGHT);

export function toScaled(position: number, height: number): number {
  if (height <= MAX_HEIGHT || position <= END) return position;
  if (position >= height - END) return MAX_HEIGHT - (height - position);
  return END + ((position - END) * (MAX_HEIGHT - 2 * END)) / (height - 2 * END);
}

export function fromScaled(scaled: number, height: number): number {
  if (height <= MAX_HEIGHT || scaled <= END) return scaled;
  if (scaled >= MAX_HEIGHT - END) return height - (MAX_HEIGHT - scaled);
  return END + ((scaled - END) * (height - 2 * END)) / (MAX_HEIGHT - 2 * END);
}
