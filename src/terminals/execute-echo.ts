/** The parts of a terminal's output that are not the command's: its own text, as it was typed, and the prompt after it. */

/**
 * The text without the lines that echo the command. They stand at its beginning, behind prompts for further lines; what is
 * typed without echo, as a password, has none. A line that is wider than the terminal has been wrapped by whoever echoed it,
 * each in a way of its own: it is taken for one.
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
 * Whether the line before the cursor is the prompt again: `same` as before, or only of the same `kind`, with the same signs
 * at its end (`$ `, `>>> `), as when a prompt shows the current folder.
 */
export function comparePrompt(before: string, now: string): 'same' | 'kind' | 'other' {
  const signs = /[^\p{L}\p{N}\s]+\s*$/u;
  const sign = signs.exec(before)?.[0];
  if (before.trim() === '') return 'other';
  if (now === before) return 'same';
  return sign !== undefined && signs.exec(now)?.[0] === sign ? 'kind' : 'other';
}

const squeeze = (text: string): string => text.replaceAll(/\s/g, '');
