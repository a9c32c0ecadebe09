/** The dialog that opens a terminal; each of its fields may stay empty. */
import type { TerminalRequest } from '../../../protocol/terminal.ts';
import { button } from '../button.ts';
import { openDialog } from '../dialog.ts';
import { h, setText } from '../element.ts';
import { sentence } from '../notice.ts';
import type { Context } from '../view.ts';

export function newTerminal({ client, connection, health }: Context, opened: (id: string) => void): void {
  const field = (name: string, placeholder: string): HTMLInputElement =>
    h('input', { class: 'mono', name, placeholder, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const name = field('name', 'none');
  const shell = field('shell', 'the server’s default');
  const workdir = field('workdir', health.value?.cwd ?? 'the server’s own');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const create = button('Open', undefined, { kind: 'primary', type: 'submit' });
  const given = (entries: Readonly<Record<string, HTMLInputElement>>): TerminalRequest =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([key, { value }]) => (value.trim() === '' ? [] : [[key, value.trim()]])),
    );
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (create.disabled) return;
    create.disabled = true;
    setText(problem, '');
    try {
      const { id } = await client.terminals.open(given({ name, shell, workdir }));
      dialog.close();
      opened(id);
    } catch (error) {
      if (connection.explains(error)) dialog.close();
      else setText(problem, sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      create.disabled = false;
    }
  };
  const dialog = openDialog({
    title: 'New terminal',
    body: [
      h(
        'form',
        { class: 'fields', on: { submit: (event) => void submit(event) } },
        h('label', {}, h('span', {}, 'Name'), name),
        h('label', {}, h('span', {}, 'Shell'), shell),
        h('label', {}, h('span', {}, 'Folder'), workdir),
        problem,
        h(
          'div',
          { class: 'buttons' },
          button('Cancel', () => dialog.close()),
          create,
        ),
      ),
    ],
    buttons: [],
  });
  name.focus();
}
