/** One line of foreign text as a terminal may show it: a title, a command, a name, a path. */
import { escapeControls } from '../core/text.ts';

/** These turn the order of characters around, so that a command or a name looks like another (CVE-2021-42574). */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

export const foreignLine = (text: string): string =>
  escapeControls(text).replaceAll(DIRECTIONS, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
