/** What can be set for this browser: colours, the type of terminals, shortcuts, screen readers. */
import { button } from './button.ts';
import { openDialog } from './dialog.ts';
import { h } from './element.ts';
import {
  FONT_SIZES,
  fontSize,
  pastesByCtrlV,
  setFontSize,
  setPastesByCtrlV,
  setSingleKeys,
  setSpeaks,
  setTheme,
  singleKeys,
  speaks,
  theme,
  THEMES,
  type Theme,
} from './preferences.ts';

const THEME_TEXT: Readonly<Record<Theme, string>> = { system: 'Same as the system', light: 'Light', dark: 'Dark' };

export function showSettings(): void {
  const colors = h(
    'select',
    { on: { change: () => setTheme(THEMES.find((one) => one === colors.value) ?? 'system') } },
    ...THEMES.map((one) => h('option', { value: one, selected: one === theme.value }, THEME_TEXT[one])),
  );
  const sizes = h(
    'select',
    { on: { change: () => setFontSize(Number(sizes.value)) } },
    ...FONT_SIZES.map((one) => h('option', { value: one, selected: one === fontSize.value }, `${one} px`)),
  );
  const dialog = openDialog({
    title: 'Settings of this browser',
    body: [
      h(
        'div',
        { class: 'fields' },
        h('label', {}, h('span', {}, 'Theme'), colors),
        h('label', {}, h('span', {}, 'Font size of terminals'), sizes),
      ),
      check('Ctrl+V pastes in terminals (otherwise the program gets the key)', pastesByCtrlV(), setPastesByCtrlV),
      check('Single-key shortcuts (those without Ctrl)', singleKeys(), setSingleKeys),
      check('Screen reader support in terminals (applies to terminals opened from now on)', speaks(), setSpeaks),
    ],
    buttons: [button('Close', () => dialog.close(), { kind: 'primary' })],
  });
}

function check(text: string, checked: boolean, choose: (on: boolean) => void): HTMLElement {
  const box = h('input', { type: 'checkbox', checked, on: { change: () => choose(box.checked) } });
  return h('label', { class: 'check' }, box, text);
}
