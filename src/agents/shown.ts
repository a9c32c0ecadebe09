/** What an agent wrote, as part of a sentence of ours: on one line, in quotes, and not too long. */
import { escapeControls } from '../core/text.ts';

const MAX_CHARS = 200;

export const shown = (text: string): string =>
  `"${escapeControls(text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text)}"`;
