/**
 * The keys that make a shell run a text as one command, including its newlines and tabs: typed as they are, each newline
 * would be an Enter, and each tab would ask for completion.
 */
import type { ShellFamily } from './marks.ts';

export const ENTER = '\r';
const QUOTE_NEXT_KEY = '\u0016';

export interface KeysOptions {
  readonly family: ShellFamily;
  /** Whether the shell accepts bracketed paste now. */
  readonly bracketedPaste: boolean;
}

export interface Keys {
  readonly keys: string;
  /** The lines that the shell echoes. */
  readonly lines: readonly string[];
}

export function keysFor(command: string, { family, bracketedPaste }: KeysOptions): Keys {
  // PSReadLine has no way to type a newline: the command becomes one line.
  const text = family === 'powershell' && !isPlain(command) ? encoded(command) : command;
  return { keys: quoted(text, bracketedPaste) + ENTER, lines: text.split('\n') };
}

function quoted(text: string, bracketedPaste: boolean): string {
  if (isPlain(text)) return text;
  return bracketedPaste ? `\u001b[200~${text}\u001b[201~` : text.replaceAll(/[\n\t]/g, `${QUOTE_NEXT_KEY}$&`);
}

/** Whether every character of it can be typed as it is. */
export const isPlain = (command: string): boolean => !/[\n\t]/.test(command);

/** Runs in the scope of the prompt, as if it had been typed there. */
function encoded(command: string): string {
  const base64 = Buffer.from(command).toString('base64');
  return `. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64}'))))`;
}
