/** What a program calls itself, in one line: it may hold line ends, and characters that turn the writing around. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** At most so many characters: a list shows no more, and every one costs. */
const MAX_LENGTH = 300;

export const oneLine = (text: string): string =>
  inReadingOrder(text.slice(0, MAX_LENGTH)).replaceAll(INVISIBLE, ' ').trim();

/** The name or the path of a file, in one line, whatever is in it. */
export const visibleName = (name: string): string => inReadingOrder(name).replaceAll(INVISIBLE, '\ufffd');

/** With its line ends, and each character where it stands. */
export const inReadingOrder = (text: string): string => text.replaceAll(TURNING, '\ufffd');
