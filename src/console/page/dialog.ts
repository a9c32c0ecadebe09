/** Dialogs: the browser's own, which keep the focus inside, close on Escape and give the focus back. */
import { button } from './button.ts';
import { h, type Child } from './element.ts';

export interface DialogContent {
  readonly title: string;
  readonly body: readonly Child[];
  readonly buttons: readonly HTMLButtonElement[];
  /** False: Escape does not close it. */
  readonly closable?: boolean;
}

/** Shows a dialog over the page; gone from the page once closed. */
export function openDialog({ title, body, buttons, closable = true }: DialogContent): HTMLDialogElement {
  const heading = h('h2', { id: `dialog-${counter++}` }, title);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': heading.id },
    heading,
    ...body,
    buttons.length > 0 && h('div', { class: 'buttons' }, ...buttons),
  );
  if (!closable) dialog.addEventListener('cancel', (event) => event.preventDefault());
  // A press beside the box is a press on the dialog itself: its content covers the rest of it.
  dialog.addEventListener('pointerdown', (event) => {
    if (closable && event.target === dialog && isBeside(dialog, event)) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

let counter = 0;

function isBeside(dialog: HTMLDialogElement, { clientX, clientY }: PointerEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

export interface Question {
  readonly title: string;
  readonly body: readonly Child[];
  /** What the two buttons do, each in words that do not need the other: `Cancel the job`, `Keep the job`. */
  readonly yes: string;
  readonly no: string;
  readonly kind?: 'primary' | 'danger';
}

/** Resolves to whether the answer was yes. The focus is on no: a second Enter, or one held down, changes nothing. */
export function confirm({ title, body, yes, no, kind = 'danger' }: Question): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const keep = button(no, () => dialog.close('no'));
  const dialog = openDialog({ title, body, buttons: [keep, button(yes, () => dialog.close('yes'), { kind })] });
  keep.focus();
  dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  return promise;
}
