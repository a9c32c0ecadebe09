/** Takes a path, typed or pasted, and goes there. */
import { button } from '../button.ts';
import { h, setText } from '../element.ts';
import type { Store } from '../store.ts';
import type { Context } from '../view.ts';
import { failureText } from './failure-text.ts';
import { addressOf, placeOfId, typedPath, type FilePlace } from './place.ts';
import { isFolder } from './tree-rows.ts';

export function pathBar({ client, connection, selected }: Context, root: Store<FilePlace>): HTMLElement {
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const field = h('input', {
    class: 'mono',
    name: 'path',
    'aria-label': 'Path',
    placeholder: 'Absolute path',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'data-shortcut': 'n',
  });
  const tell = (text: string): void => {
    setText(problem, text);
    problem.hidden = text === '';
  };
  const go = async (): Promise<void> => {
    const path = typedPath(field.value);
    tell(path === '' ? 'Type or paste the absolute path of a file or a folder.' : '');
    if (path === '') return;
    try {
      const entry = await client.files.stat(path, { follow: true });
      if (isFolder(entry)) root.set({ path: entry.path });
      location.hash = addressOf({ path: entry.path });
    } catch (error) {
      if (!connection.explains(error)) tell(failureText(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void go();
  };
  field.addEventListener('input', () => tell(''));
  const id = selected.value;
  if (id !== undefined) field.value = placeOfId(id).path;
  return h(
    'form',
    { class: 'path-bar', on: { submit } },
    h('div', { class: 'path-line' }, field, button('Go', undefined, { type: 'submit' })),
    problem,
  );
}
