/**
 * The browser on Windows. Not `start`, which is no program but a command of cmd.exe, and that reads `&` and `%` of an address in
 * its own way; this is what it calls in the end.
 */
import type { BrowserCommand } from './browser.ts';

export const windowsBrowser: BrowserCommand = (address, env) =>
  (env['SSH_CONNECTION'] ?? '') === '' ? ['rundll32.exe', 'url.dll,FileProtocolHandler', address] : undefined;
