/** The keys that a phone's keyboard lacks, as buttons; shown where fingers point. */
import { h, setAttribute } from '../element.ts';
import { pasteFromClipboard } from './paste.ts';
import type { Screen } from './screen.ts';
import type { Modifier } from './sticky-keys.ts';

/** What is typed, what is done, or what is held for the next key. */
type Press = string | ((screen: Screen) => void) | { readonly modifier: Modifier };

const KEYS: readonly (readonly [label: string, meaning: string, press: Press])[] = [
  ['Esc', 'Escape', '\u001b'],
  ['Tab', 'Tab', '\t'],
  ['Ctrl', 'Control, for the next key', { modifier: 'ctrl' }],
  ['Alt', 'Alt, for the next key', { modifier: 'alt' }],
  ['|', 'Vertical bar', '|'],
  ['/', 'Slash', '/'],
  ['~', 'Tilde', '~'],
  ['-', 'Hyphen', '-'],
  ['PgUp', 'Page up', '\u001b[5~'],
  ['^C', 'Control C', '\u0003'],
  ['^D', 'Control D', '\u0004'],
  ['^Z', 'Control Z', '\u001a'],
  ['←', 'Left', (screen) => screen.type(`${screen.cursorPrefix}D`)],
  ['↓', 'Down', (screen) => screen.type(`${screen.cursorPrefix}B`)],
  ['↑', 'Up', (screen) => screen.type(`${screen.cursorPrefix}A`)],
  ['→', 'Right', (screen) => screen.type(`${screen.cursorPrefix}C`)],
  ['Paste', 'Paste', (screen) => void pasteFromClipboard(screen)],
  ['PgDn', 'Page down', '\u001b[6~'],
];

export const touchKeys = (screen: Screen): HTMLElement => {
  const { sticky } = screen;
  const modifiers: (() => void)[] = [];
  sticky.changed = () => modifiers.forEach((show) => show());
  const keyButton = ([label, meaning, press]: (typeof KEYS)[number]): HTMLElement => {
    const element = h('button', { type: 'button', class: 'button', 'aria-label': meaning }, label);
    // A press that takes the focus would close the phone's keyboard.
    element.addEventListener('pointerdown', (event) => event.preventDefault());
    element.addEventListener('click', () => act(screen, press));
    if (typeof press === 'object') {
      const show = (): void => setAttribute(element, 'aria-pressed', String(sticky.isPressed(press.modifier)));
      modifiers.push(show);
      show();
    }
    return element;
  };
  return h('div', { class: 'touch-keys', role: 'toolbar', 'aria-label': 'Keys' }, ...KEYS.map(keyButton));
};

function act(screen: Screen, press: Press): void {
  if (typeof press === 'string') screen.type(press);
  else if (typeof press === 'function') press(screen);
  else screen.sticky.press(press.modifier);
}
