/**
 * The keys that make a shell run a command as one, newlines and tabs in it included: typed as they are, each newline would
 * be an Enter, and each tab a wish for completion.
 */
import type { ShellFamily } from './marks.ts';

export const ENTER = '\r';
const QUOTE_NEXT_KEY = '\u0016';

export interface KeysOptions {
  readonly family: ShellFamily;
  /** Whether the shell takes pasted text as such just now. */
  readonly bracketedPaste: boolean;
}

export interface Keys {
  readonly keys: string;
  /** The lines that are echoed. */
  readonly lines: readonly string[];
}

export function keysFor(command: string, { family, bracketedPaste }: KeysOptions): Keys {
  // PSReadLine knows no way to type a newline; one line holds it all.
  const text = family === 'powershell' && !isPlain(command) ? encoded(command) : command;
  return { keys: quoted(text, bracketedPaste) + ENTER, lines: text.split('\n') };
}

function quoted(text: string, bracketedPaste: boolean): string {
  if (isPlain(text)) return text;
  return bracketedPaste ? `\u001b[200~${text}\u001b[201~` : text.replaceAll(/[\n\t]/g, `${QUOTE_NEXT_KEY}$&`);
}

/** Whether every character of it is a key that stands for itself. */
export const isPlain = (command: string): boolean => !/[\n\t]/.test(command);

/** Runs in the scope of the prompt, as if it were typed there. */
function encoded(command: string): string {
  const base64 = Buffer.from(command).toString('base64');
  return `. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64}'))))`;
}
