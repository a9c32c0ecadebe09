/** The line by which the loop (host.ps1) gets into the shell. */
import host from './host.ps1' with { type: 'text' };
import { literal } from './literal.ts';

/** What stands before the token at the end of each stream; see host.ps1. */
export const MARK_PREFIX = '\u0001agent-server:';

/**
 * The one line that is written to the shell's stdin, under `-Command -`. A complete line runs as soon
 * as its newline has arrived; base64 keeps it one line and ASCII, whatever the code page.
 */
export function hostLine(channel: string): string {
  const encoded = Buffer.from(
    host.replace("'@CHANNEL@'", () => literal(channel)),
    'utf8',
  ).toString('base64');
  return `. ([ScriptBlock]::Create([System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${encoded}'))))\n`;
}
