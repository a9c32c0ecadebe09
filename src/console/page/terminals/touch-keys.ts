/** The keys that a phone's keyboard lacks, as buttons; shown where fingers point. */
import { h } from '../element.ts';
import type { Screen } from './screen.ts';

type Sequence = string | ((screen: Screen) => string);

const KEYS: readonly (readonly [label: string, meaning: string, sequence: Sequence])[] = [
  ['Esc', 'Escape', '\u001b'],
  ['Tab', 'Tab', '\t'],
  ['^C', 'Control C', '\u0003'],
  ['^D', 'Control D', '\u0004'],
  ['^Z', 'Control Z', '\u001a'],
  ['←', 'Left', (screen) => `${screen.cursorPrefix}D`],
  ['↓', 'Down', (screen) => `${screen.cursorPrefix}B`],
  ['↑', 'Up', (screen) => `${screen.cursorPrefix}A`],
  ['→', 'Right', (screen) => `${screen.cursorPrefix}C`],
];

export const touchKeys = (screen: Screen): HTMLElement =>
  h(
    'div',
    { class: 'touch-keys', role: 'toolbar', 'aria-label': 'Keys' },
    ...KEYS.map(([label, meaning, sequence]) =>
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          'aria-label': meaning,
          on: {
            // A press that takes the focus would close the phone's keyboard.
            pointerdown: (event) => event.preventDefault(),
            click: () => screen.type(typeof sequence === 'string' ? sequence : sequence(screen)),
          },
        },
        label,
      ),
    ),
  );
