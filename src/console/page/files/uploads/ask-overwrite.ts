/** Asks what is to be done where a file of that name is there already. */
import { button } from '../../button.ts';
import { openDialog } from '../../dialog.ts';
import { h } from '../../element.ts';
import { visibleName } from '../../one-line.ts';

export interface OverwriteAnswer {
  readonly overwrite: boolean;
  /** The same answer counts for those that come after it. */
  readonly forAll: boolean;
}

/** Closed without an answer: it is left as it is. */
export function askOverwrite(path: string, hasMore: boolean, signal: AbortSignal): Promise<OverwriteAnswer> {
  const { promise, resolve } = Promise.withResolvers<OverwriteAnswer>();
  const all = h('input', { type: 'checkbox' });
  const skip = button('Skip this file', () => dialog.close('skip'));
  const dialog = openDialog({
    title: 'Overwrite the file?',
    body: [
      h('p', { class: 'named mono' }, visibleName(path)),
      h('p', {}, 'A file of that name is there already.'),
      hasMore && h('label', { class: 'check' }, all, 'Do the same with the rest'),
    ],
    buttons: [skip, button('Overwrite', () => dialog.close('overwrite'), { kind: 'danger' })],
  });
  skip.focus();
  signal.addEventListener('abort', () => dialog.close('skip'), { once: true });
  dialog.addEventListener('close', () =>
    resolve({ overwrite: dialog.returnValue === 'overwrite', forAll: all.checked }),
  );
  return promise;
}
