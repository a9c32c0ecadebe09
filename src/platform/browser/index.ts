/** The one place that chooses how a browser is opened. */
import type { Environment } from '../../core/environment.ts';
import { isWindows } from '../os.ts';
import { findProgram } from '../programs/index.ts';
import type { BrowserCommand } from './browser.ts';
import { posixBrowser } from './posix.ts';
import { windowsBrowser } from './windows.ts';

const browserCommand: BrowserCommand = isWindows ? windowsBrowser : posixBrowser;

/** Whether one was asked to show that address, which must be of the web: a server that is not ours may have given it. */
export function openInBrowser(address: string, env: Environment): boolean {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  const [name = '', ...words] = browserCommand(url.href, env) ?? [];
  const program = name === '' ? undefined : findProgram(name, env, process.cwd());
  if (program === undefined) return false;
  // It may stay for as long as the browser does; nobody waits for it.
  Bun.spawn({ cmd: [program, ...words], stdio: ['ignore', 'ignore', 'ignore'], detached: true }).unref();
  return true;
}
