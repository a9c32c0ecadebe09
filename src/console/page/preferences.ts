/** What the user has chosen in this browser; none of it is secret. */
const SPEAK = 'agent-server terminals speak';
const SINGLE_KEYS_OFF = 'agent-server single keys off';

/** Whether terminals pass what they show on to a screen reader. */
export const speaks = (): boolean => isSet(SPEAK);
export const setSpeaks = (on: boolean): void => set(SPEAK, on);

/** Whether shortcuts of one key act (WCAG 2.1.4 asks for a way to switch them off). */
export const singleKeys = (): boolean => !isSet(SINGLE_KEYS_OFF);
export const setSingleKeys = (on: boolean): void => set(SINGLE_KEYS_OFF, !on);

const isSet = (name: string): boolean => localStorage.getItem(name) === 'yes';

function set(name: string, on: boolean): void {
  if (on) localStorage.setItem(name, 'yes');
  else localStorage.removeItem(name);
}
