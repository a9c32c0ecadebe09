/** What the user has chosen in this browser; none of it is secret. */
import { Store } from './store.ts';

const SPEAK = 'agent-server terminals speak';
const SINGLE_KEYS_OFF = 'agent-server single keys off';
const LIST_FOLDED = 'agent-server list folded';
const HIDDEN_FILES = 'agent-server files show hidden';
const CTRL_V = 'agent-server terminals paste by ctrl v';
const THEME = 'agent-server theme';
const FONT_SIZE = 'agent-server terminal font size';

/** Whether terminals pass what they show on to a screen reader. */
export const speaks = (): boolean => isSet(SPEAK);
export const setSpeaks = (on: boolean): void => set(SPEAK, on && 'yes');

/** Whether shortcuts of one key act (WCAG 2.1.4 asks for a way to switch them off). */
export const singleKeys = (): boolean => !isSet(SINGLE_KEYS_OFF);
export const setSingleKeys = (on: boolean): void => set(SINGLE_KEYS_OFF, !on && 'yes');

/** Whether Ctrl+V pastes in terminals, as on Windows; else it is a key for the program. Ctrl+Shift+V always pastes. */
export const pastesByCtrlV = (): boolean => (localStorage.getItem(CTRL_V) ?? onWindows()) === 'yes';
export const setPastesByCtrlV = (on: boolean): void => set(CTRL_V, on ? 'yes' : 'no');
const onWindows = (): string => (/windows/i.test(navigator.userAgent) ? 'yes' : 'no');

/** Colours: those that the system asks for, or always the same. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const theme = new Store<Theme>(THEMES.find((one) => one === localStorage.getItem(THEME)) ?? 'system');
export function setTheme(chosen: Theme): void {
  set(THEME, chosen !== 'system' && chosen);
  theme.set(chosen);
}

/** Whether the list beside what is chosen from it is hidden. */
export const listFolded = new Store<boolean>(localStorage.getItem(LIST_FOLDED) === 'yes');
export function setListFolded(folded: boolean): void {
  set(LIST_FOLDED, folded && 'yes');
  listFolded.set(folded);
}

/** Whether the tree of files shows those that are hidden. */
export const hiddenFiles = new Store<boolean>(localStorage.getItem(HIDDEN_FILES) === 'yes');
export function setHiddenFiles(shown: boolean): void {
  set(HIDDEN_FILES, shown && 'yes');
  hiddenFiles.set(shown);
}

/** Of terminals, in pixels. */
export const FONT_SIZES = [10, 11, 12, 13, 14, 16, 18, 20, 24, 28] as const;
export const DEFAULT_FONT_SIZE = 13;
export const fontSize = new Store<number>(
  FONT_SIZES.find((one) => String(one) === localStorage.getItem(FONT_SIZE)) ?? DEFAULT_FONT_SIZE,
);
export function setFontSize(chosen: number): void {
  set(FONT_SIZE, chosen !== DEFAULT_FONT_SIZE && String(chosen));
  fontSize.set(chosen);
}

const isSet = (name: string): boolean => localStorage.getItem(name) === 'yes';

/** False: as if nothing had been chosen. */
function set(name: string, value: string | false): void {
  if (value === false) localStorage.removeItem(name);
  else localStorage.setItem(name, value);
}
