/** Terminals. */
import { h } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import type { View } from '../view.ts';

export const terminalsView: View = () =>
  h(
    'div',
    { class: 'page' },
    h('h1', {}, 'Terminals'),
    emptyPlace('terminals', 'No terminals', 'This server has none yet.'),
  );
