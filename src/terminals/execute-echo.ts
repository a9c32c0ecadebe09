/** Removes from a terminal's output what the command did not print: the echo of its text, and the prompt after it. */

/**
 * The text without the lines that echo the command. They are at its beginning, after prompts for further lines; what is
 * typed without echo, such as a password, has none. Each program wraps a line that is wider than the terminal in its own
 * way, so any line is taken for the echo of such a one.
 */
export function withoutEcho(text: string, typed: readonly string[], cols: number): string {
  const lines = text.split('\n');
  for (const line of typed) {
    const [first] = lines;
    if (first === undefined || lines.length === 1) break;
    if (!squeeze(first).includes(squeeze(line)) && line.length < cols / 2) break;
    lines.shift();
  }
  return lines.join('\n');
}

/** The text without the prompt that it ends with. */
export function withoutPrompt(text: string, prompt: string): string {
  const at = text.lastIndexOf('\n') + 1;
  const last = text.slice(at).trimEnd();
  const known = prompt.trimEnd();
  return text.slice(0, at) + (last.endsWith(known) ? last.slice(0, last.length - known.length) : '');
}

/**
 * Whether the text before the cursor is the prompt again: the `same` as before, or only of the same `kind`, with the same
 * signs at its end (`$ `, `>>> `), as when a prompt shows the current folder.
 */
export function comparePrompt(before: string, now: string): 'same' | 'kind' | 'other' {
  const signs = /[^\p{L}\p{N}\s]+\s*$/u;
  const sign = signs.exec(before)?.[0];
  if (before.trim() === '') return 'other';
  if (now === before) return 'same';
  return sign !== undefined && signs.exec(now)?.[0] === sign ? 'kind' : 'other';
}

const squeeze = (text: string): string => text.replaceAll(/\s/g, '');
