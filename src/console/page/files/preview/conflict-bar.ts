/** Says that a file has changed while it was edited, and asks what is to become of it. */
import { diffElement } from '../../agents/tool-call/diff-element.ts';
import { button } from '../../button.ts';
import { h } from '../../element.ts';
import { icon } from '../../icon.ts';

export interface Conflict {
  readonly path: string;
  /** What is there now; undefined: the file is gone, or is no text any more. */
  readonly theirs: string | undefined;
  readonly mine: () => string;
  readonly keepMine: () => void;
  readonly loadTheirs: () => void;
}

export function conflictBar({ path, theirs, mine, keepMine, loadTheirs }: Conflict): HTMLElement {
  const place = h('div', { class: 'conflict-diff', hidden: true });
  const differences = button('Show the differences', () => {
    place.hidden = !place.hidden;
    differences.setAttribute('aria-expanded', String(!place.hidden));
    // What is typed meanwhile counts.
    if (!place.hidden && theirs !== undefined) place.replaceChildren(diffElement(path, theirs, mine()));
  });
  differences.setAttribute('aria-expanded', 'false');
  return h(
    'div',
    { class: 'conflict' },
    h(
      'div',
      { class: 'banner changed' },
      icon('warning'),
      h(
        'p',
        {},
        h('b', {}, theirs === undefined ? 'This file is gone' : 'This file has changed on the machine'),
        theirs === undefined
          ? ': it was deleted, renamed or made something else. What you typed is still here.'
          : ' since it was opened. What you typed is still here, and nothing was overwritten.',
      ),
      h(
        'div',
        { class: 'tools' },
        theirs !== undefined && differences,
        theirs !== undefined && button('Load theirs', loadTheirs, { title: 'Discard what you typed' }),
        button('Keep mine', keepMine, { kind: 'danger', title: 'Write what you typed over it' }),
      ),
    ),
    place,
  );
}
