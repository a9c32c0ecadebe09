/** A secret that the user types at a terminal, which does not show it. */
import { enterRawMode } from '../../platform/console/index.ts';
import { Interrupts } from '../interrupts.ts';
import { noteStart } from '../output.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACES = '\b\u007f';

/** What was typed before Enter; a number is the exit code of who was interrupted instead. */
export async function askSecret(prompt: string): Promise<string | number> {
  const { stdin } = process;
  const typed = Promise.withResolvers<string | number>();
  const decoder = new TextDecoder();
  let text = '';
  const onData = (bytes: Uint8Array) => {
    for (const char of decoder.decode(bytes, { stream: true })) {
      if (char === '\r' || char === '\n' || char === CTRL_D) return typed.resolve(text);
      if (char === CTRL_C) return typed.resolve(130);
      if (char === CTRL_U) text = '';
      else if (BACKSPACES.includes(char)) text = text.slice(0, -1);
      else text += char;
    }
  };
  const onEnd = () => typed.resolve(text);
  // In raw mode Ctrl-C is a byte; a signal from elsewhere must not leave the terminal without echo.
  using interrupts = new Interrupts();
  using _raw = enterRawMode();
  stdin.on('data', onData).on('end', onEnd);
  stdin.resume();
  // Only now: what is typed after the question must not be shown.
  noteStart(prompt);
  try {
    return await Promise.race([typed.promise, interrupts.first]);
  } finally {
    stdin.off('data', onData).off('end', onEnd);
    stdin.pause();
    noteStart('\r\n');
  }
}
