/**
 * ERRORLEVEL between two commands of a cmd.exe that is kept. What leaves it alone, as `echo` does, must not be judged by
 * the command before; what asks for it is to find that one's.
 *
 *   does not ask                         → begins with 0
 *   asks as `%ERRORLEVEL%`, in its first line only → 0 again as that line is run: it was put in when the line was read
 *   asks later, or when it is run        → begins with that of the command before, and has it too where it sets no other
 */
const ASKS_WHEN_RUN = /\bif\s+(?:not\s+)?errorlevel\b/i;
/** (What `!ERRORLEVEL!` needs, `setlocal enabledelayedexpansion`, sets it to 0.) */
const ASKS = new RegExp(`%errorlevel\\b|${ASKS_WHEN_RUN.source}`, 'i');
const FIRST_LINE = /^[\s@]*([^\r\n]*)([^]*)$/;

export interface Beginning {
  readonly level: number;
  readonly text: string;
}

/** With which level to begin, and the text to be run. */
export function beginningOf(text: string, levelBefore: number): Beginning {
  if (!ASKS.test(text)) return { level: 0, text };
  const [, first = '', rest = ''] = FIRST_LINE.exec(text) ?? [];
  // A label must stand alone.
  if (first.startsWith(':') || ASKS_WHEN_RUN.test(first) || ASKS.test(rest)) return { level: levelBefore, text };
  // `ver` sets it to 0: https://ss64.com/nt/errorlevel.html
  return { level: levelBefore, text: `ver >nul& ${first}${rest}` };
}
