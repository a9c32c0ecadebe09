/** The key that leaves a terminal: how it is written, and how a keyboard sends it. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { UsageFailure } from '../command/arguments.ts';

export const DEFAULT_DETACH_KEY = 'ctrl-]';

export interface DetachKey {
  /** As a person writes it: `Ctrl-]`. */
  readonly name: string;
  /** Where it begins in what was typed; undefined where it is not. */
  indexIn(typed: string): number | undefined;
}

export function parseDetachKey(text: string): Result<DetachKey, UsageFailure> {
  const character = /^(?:ctrl-|\^)([a-z@[\\\]^_])$/i.exec(text)?.[1]?.toUpperCase();
  if (character === undefined)
    return fail({ reason: 'usage', message: '--detach-key must be like ctrl-], ctrl-a or ^q' } as const);
  const code = character.charCodeAt(0);
  // A program may have asked the keyboard to send keys at full length: CSI u
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
