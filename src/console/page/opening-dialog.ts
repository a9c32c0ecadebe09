/** A dialog whose form opens something on the server: it stays until that is open, and says why it is not. */
import { button } from './button.ts';
import type { Connection } from './connection.ts';
import { openDialog } from './dialog.ts';
import { h, setText, type Child } from './element.ts';
import { sentence } from './notice.ts';

export interface OpeningDialog {
  readonly title: string;
  /** What the form does. Default: Open. */
  readonly action?: string;
  readonly connection: Connection;
  readonly fields: readonly Child[];
  /** Why the form cannot be sent as it is filled in. */
  readonly incomplete?: () => string | undefined;
  /** Resolves to the id of what was opened. */
  readonly open: () => Promise<string>;
  readonly opened: (id: string) => void;
}

export function openingDialog({
  title,
  action = 'Open',
  connection,
  fields,
  incomplete,
  open,
  opened,
}: OpeningDialog): void {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const create = button(action, undefined, { kind: 'primary', type: 'submit' });
  /** Not by disabling the button: that would take the focus away. */
  let busy = false;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const missing = incomplete?.();
    setText(problem, missing ?? '');
    if (missing !== undefined) return;
    busy = true;
    try {
      const id = await open();
      dialog.close();
      opened(id);
    } catch (error) {
      if (connection.explains(error)) dialog.close();
      else setText(problem, sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      busy = false;
    }
  };
  const cancel = button('Cancel', () => dialog.close());
  const form = h(
    'form',
    { class: 'fields', on: { submit: (event) => void submit(event) } },
    ...fields,
    problem,
    h('div', { class: 'buttons' }, cancel, create),
  );
  const dialog = openDialog({ title, body: [form], buttons: [] });
}

/** A field for what only a machine reads. */
export const plainField = (name: string, placeholder: string): HTMLInputElement =>
  h('input', { class: 'mono', name, placeholder, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });

/** What was typed, under the names of the fields; those that are empty are left out. */
export const filledIn = <Name extends string>(
  fields: Readonly<Record<Name, HTMLInputElement>>,
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    Object.entries<HTMLInputElement>(fields).flatMap(([name, { value }]) =>
      value.trim() === '' ? [] : [[name, value.trim()]],
    ),
  ) as Partial<Record<Name, string>>;
