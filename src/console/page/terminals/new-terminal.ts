/** The dialog that opens a terminal; each of its fields may stay empty. */
import { h } from '../element.ts';
import { filledIn, openingDialog, plainField } from '../opening-dialog.ts';
import type { Context } from '../view.ts';

export function newTerminal({ client, connection, health }: Context, opened: (id: string) => void): void {
  const name = plainField('name', 'none');
  const shell = plainField('shell', 'the server’s default');
  const workdir = plainField('workdir', health.value?.cwd ?? 'that of the server');
  openingDialog({
    title: 'New terminal',
    connection,
    fields: [
      h('label', {}, h('span', {}, 'Name'), name),
      h('label', {}, h('span', {}, 'Shell'), shell),
      h('label', {}, h('span', {}, 'Folder'), workdir),
    ],
    open: async () => (await client.terminals.open(filledIn({ name, shell, workdir }))).id,
    opened,
  });
  name.focus();
}
