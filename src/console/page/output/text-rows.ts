/**
 * Output as rows: one a line, with its colours and links. A carriage return has what comes next replace the line, unless a
 * newline comes first (progress bars).
 */
import { StyledText, type Run, type TextState } from './styled-text.ts';

export interface TextRow {
  readonly runs: readonly Run[];
  readonly text: string;
  /** Whether a newline ended it; else the line goes on in the next row, or has not ended yet. */
  readonly ended: boolean;
}

/** `state` is what goes on from before the text; the second part is what goes on after it. */
export function textRows(text: string, state?: TextState): [rows: TextRow[], state: TextState] {
  if (isPlain(state) && !CONTROLS.test(text)) return [plainRows(text), { style: {} }];
  const reader = new StyledText(state);
  const rows: TextRow[] = [];
  let runs: Run[] = [];
  let open = false;
  let returned = false;
  const push = (ended: boolean): void => {
    rows.push({ runs, text: runs.map((run) => run.text).join(''), ended });
    runs = [];
    open = false;
    returned = false;
  };
  for (const token of reader.read(text)) {
    switch (token.at) {
      case 'newline':
        push(true);
        break;
      case 'return':
        returned = true;
        break;
      case 'text':
        if (returned) runs = [];
        returned = false;
        open = true;
        runs.push(token.run);
        break;
    }
  }
  if (open) push(false);
  return [rows, reader.state];
}

// eslint-disable-next-line no-control-regex -- finding them is the purpose
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/;

const isPlain = (state: TextState | undefined): boolean =>
  state === undefined || (state.link === undefined && Object.keys(state.style).length === 0);

/** Most output has neither colours nor carriage returns, and is read several times as fast so. */
function plainRows(text: string): TextRow[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const row = (line: string, ended: boolean): TextRow => ({
    runs: line === '' ? [] : [{ text: line, style: {} }],
    text: line,
    ended,
  });
  return [...lines.map((line) => row(line, true)), ...(last === '' ? [] : [row(last, false)])];
}
