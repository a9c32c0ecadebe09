/** The browser on Linux and macOS: the desktop's own program for it. */
import type { BrowserCommand } from './browser.ts';

export const posixBrowser: BrowserCommand = (address, env) => {
  if (process.platform === 'darwin') return (env['SSH_CONNECTION'] ?? '') === '' ? ['open', address] : undefined;
  // Without a display it would look for a browser in the terminal.
  const display = env['WAYLAND_DISPLAY'] || env['DISPLAY'] || '';
  return display === '' ? undefined : ['xdg-open', address];
};
