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
  // Of `:/# ` only the last one is always there.
  const signs = /([^\p{L}\p{N}\s])\1*\s*$/u;
  const sign = signs.exec(before)?.[0];
  if (before.trim() === '') return 'other';
  if (now === before) return 'same';
  return sign !== undefined && signs.exec(now)?.[0] === sign ? 'kind' : 'other';
}

/** Prompts for the rest of a command: of sh, cmd, PowerShell, zsh, Python, Node.js, MySQL and SQLite. */
const CONTINUATION =
  /^(?:\s*(?:>|>>|\.\.\.|\||->|\.\.\.>|More\?|(?:(?:[bd]?quote|\w*heredoc|pipe|cmd\w+|for|foreach|while|until|repeat|if|then|else|elif|elif-then|case|select|function|subsh|cursh|array|math\w*|braceparam|always) ?)+>)(?:\s+|$))+$/;

/**
 * Whether the text before the cursor asks for the rest of what was typed at the prompt `before`. Of several lines that were
 * typed at once, all prompts stand in one line.
 */
export function asksForRest(before: string, now: string): boolean {
  if (before !== '' && now.startsWith(before)) return asksForRest(before, now.slice(before.length));
  return CONTINUATION.test(now);
}

/** Whether it may be a prompt at all: words alone are part of a line that is still printed. */
export const endsWithSign = (line: string): boolean => /[^\p{L}\p{N}\s]\s*$/u.test(line);

/** Whether it looks like the prompt of a shell, with a sign that programs end no question with. */
export const isShellPrompt = (line: string): boolean => /[$#%] $|[^\s>].*[^\s>]> $/.test(line);

const squeeze = (text: string): string => text.replaceAll(/\s/g, '');
