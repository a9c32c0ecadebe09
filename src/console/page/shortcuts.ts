/** Keyboard shortcuts, which act everywhere but where text is typed, and the dialog that lists them. */
import { button } from './button.ts';
import { openDialog } from './dialog.ts';
import { h } from './element.ts';
import { listFolded, setListFolded, singleKeys } from './preferences.ts';
import type { ViewName } from './route.ts';

const LIST: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['1'], 'Jobs'],
  [['2'], 'Sessions'],
  [['3'], 'Terminals'],
  [['4'], 'Agents'],
  [['5'], 'Files'],
  [['6'], 'Server and its updates'],
  [['7'], 'Machine: its processes and ports'],
  [['n'], 'New: run a command, open a terminal or a session with an agent'],
  [['↑', '↓'], 'Move in a list; Enter opens'],
  [['l'], 'Back to the list'],
  [['b'], 'Hide the list, or show it'],
  [['f'], 'Find in the output of a job; Enter and Shift Enter go to the next and previous match'],
  [['?'], 'Show these shortcuts'],
  [['Ctrl', ']'], 'Move the focus out of a terminal, which gets all other keys'],
  [['Ctrl', 'Shift', 'C'], 'Copy the selection of a terminal'],
  [['Ctrl', 'Shift', 'V'], 'Paste into a terminal; Ctrl V too, if set so'],
];

export interface ShortcutActions {
  readonly go: (view: ViewName) => void;
}

export function listenForShortcuts({ go }: ShortcutActions): void {
  const actions: Readonly<Record<string, () => void>> = {
    '1': () => go('jobs'),
    '2': () => go('sessions'),
    '3': () => go('terminals'),
    '4': () => go('agents'),
    '5': () => go('files'),
    '6': () => go('server'),
    '7': () => go('machine'),
    b: () => setListFolded(!listFolded.value),
    n: () => press('[data-shortcut="n"]'),
    l: focusList,
    f: () => press('[data-shortcut="f"]'),
    '?': showShortcuts,
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]') !== null) return;
    const action = isArrow(event.key) ? fromNowhere() : singleKeys() && !isTyping(event.target) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

const isArrow = (key: string): boolean => key === 'ArrowDown' || key === 'ArrowUp';

/** Where nothing has the focus an arrow key goes to the list; anything else has its own use of it. */
function fromNowhere(): (() => void) | undefined {
  const { activeElement: one } = document;
  const nowhere = one === null || one === document.body || one.matches('main');
  return nowhere && listStop()?.checkVisibility() === true ? focusListStop : undefined;
}

export function showShortcuts(): void {
  const dialog = openDialog({
    title: 'Keyboard',
    body: [
      h(
        'dl',
        { class: 'keys' },
        ...LIST.flatMap(([keys, meaning]) => [
          h('dt', {}, ...keys.map((key) => h('kbd', {}, key))),
          h('dd', {}, meaning),
        ]),
      ),
    ],
    buttons: [button('Close', () => dialog.close(), { kind: 'primary' })],
  });
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, .xterm') !== null;

function press(selector: string): void {
  setListFolded(false);
  const element = document.querySelector<HTMLElement>(selector);
  if (element instanceof HTMLButtonElement) element.click();
  else element?.focus();
}

/** On a narrow page an item hides the list: its link back is followed first. */
function focusList(): void {
  setListFolded(false);
  const back = document.querySelector<HTMLElement>('a.back');
  if (back?.checkVisibility() !== true) return focusListStop();
  addEventListener('hashchange', focusListStop, { once: true });
  back.click();
}

const listStop = (): HTMLElement | null => document.querySelector<HTMLElement>(':is(.rows, .tree) a[tabindex="0"]');
const focusListStop = (): void => listStop()?.focus();
