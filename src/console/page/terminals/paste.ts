/** Pasting into a terminal: several lines are asked about where the program would run each as it comes. */
import { button } from '../button.ts';
import { confirm, openDialog } from '../dialog.ts';
import { h } from '../element.ts';

/** A terminal that is pasted into. */
export interface PasteTarget {
  /** It takes nothing. */
  readonly readonly: boolean;
  /** Its program is told what is pasted and what is typed. */
  readonly bracketsPaste: boolean;
  paste(text: string): void;
}

/** Lines of what is asked about that are shown. */
const MAX_SHOWN = 12;

export async function paste(screen: PasteTarget, text: string): Promise<void> {
  if (text === '' || screen.readonly) return;
  const lines = text.split(/\r\n|\r|\n/);
  // A program that knows what is pasted (bracketed paste) runs none of it by itself.
  if (lines.length > 1 && !screen.bracketsPaste && !(await agreesTo(lines))) return;
  screen.paste(text);
}

function agreesTo(lines: readonly string[]): Promise<boolean> {
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const shown = lines.length > MAX_SHOWN ? [...lines.slice(0, MAX_SHOWN - 1), '…'] : lines;
  return confirm({
    title: count === 1 ? 'Paste a line with its line end?' : `Paste ${count} lines?`,
    body: [
      h('p', {}, 'The program does not tell pasted text from typed text: each line is run as soon as it arrives.'),
      h('pre', { class: 'named', tabindex: 0, 'aria-label': 'Text to paste' }, shown.join('\n')),
    ],
    yes: 'Paste',
    no: 'Do not paste',
    kind: 'primary',
  });
}

/** From a button: browsers may refuse the clipboard, and over plain HTTP there is none; then a field takes it. */
export async function pasteFromClipboard(screen: PasteTarget): Promise<void> {
  let text: string | undefined;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // Refused by the user or the browser, or not there at all.
  }
  if (text === undefined) askForText((typed) => void paste(screen, typed));
  else await paste(screen, text);
}

function askForText(take: (text: string) => void): void {
  const field = h('textarea', {
    class: 'mono paste-field',
    rows: 5,
    'aria-label': 'Text to paste',
    spellcheck: 'false',
  });
  const dialog = openDialog({
    title: 'Paste here',
    body: [
      h('p', { class: 'help' }, 'The browser does not let this page read the clipboard. Paste into this field.'),
      field,
    ],
    buttons: [
      button('Do not paste', () => dialog.close()),
      button(
        'Paste',
        () => {
          dialog.close();
          take(field.value);
        },
        { kind: 'primary' },
      ),
    ],
  });
  field.focus();
}
