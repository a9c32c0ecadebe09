/** Light or dark: as the user has chosen, or as the system asks for. The style sheets and terminals follow it. */
import { theme } from './preferences.ts';
import { Store } from './store.ts';

type Scheme = 'light' | 'dark';

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const current = (): Scheme => (theme.value === 'system' ? (darkSystem.matches ? 'dark' : 'light') : theme.value);

const scheme = new Store<Scheme>(current());

/** To be called once, before anything is shown. */
export function applyColorScheme(signal: AbortSignal): void {
  const follow = (): void => scheme.set(current());
  darkSystem.addEventListener('change', follow, { signal });
  theme.watch(signal, follow);
  scheme.watch(signal, (now) => (document.documentElement.dataset['scheme'] = now));
}

export const onSchemeChange = (signal: AbortSignal, change: () => void): void => scheme.watch(signal, change);
