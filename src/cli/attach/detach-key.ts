/** The key that detaches from a terminal: how it is written on a command line, and how a keyboard sends it. */
import { ok, type Result } from '../../core/failure.ts';
import { usage, type UsageFailure } from '../command/usage.ts';

export const DEFAULT_DETACH_KEY = 'ctrl-]';

export interface DetachKey {
  /** For messages: `Ctrl-]`. */
  readonly name: string;
  /** Index of its first character in the input; undefined where the input does not contain it. */
  indexIn(typed: string): number | undefined;
}

export function parseDetachKey(text: string): Result<DetachKey, UsageFailure> {
  const character = /^(?:ctrl-|\^)([a-z@[\\\]^_])$/i.exec(text)?.[1]?.toUpperCase();
  if (character === undefined) return usage('--detach-key must look like ctrl-], ctrl-a or ^q');
  const code = character.charCodeAt(0);
  // A program may have switched the terminal to a mode that encodes keys as longer sequences: CSI u
  // (https://sw.kovidgoyal.net/kitty/keyboard-protocol/) or xterm's modifyOtherKeys.
  const plain = character.toLowerCase().charCodeAt(0);
  const forms = [String.fromCharCode(code & 0x1f), `\u001b[${plain};5u`, `\u001b[27;5;${plain}~`];
  return ok({
    name: `Ctrl-${character}`,
    indexIn(typed) {
      const found = forms.map((form) => typed.indexOf(form)).filter((at) => at !== -1);
      return found.length === 0 ? undefined : Math.min(...found);
    },
  });
}
