/** A page that shows a terminal, read as a person or a screen reader would. */
import type { BrowserContextOptions } from 'playwright-core';
import { messageOf } from '../../src/core/failure.ts';
import { waitFor } from '../support/wait.ts';
import type { OpenPage, WatchedPage } from './chromium.ts';

export interface TerminalPage extends AsyncDisposable {
  readonly watched: WatchedPage;
  /** The lines on the screen. */
  text(): Promise<string>;
  /** Resolves when the screen shows this. */
  shows(what: string | RegExp): Promise<string>;
  type(text: string): Promise<void>;
}

export interface TerminalPageOptions extends BrowserContextOptions {
  /** Drawn by WebGL, and told to a screen reader: pixels cannot be read. Default: drawn as text. */
  readonly webgl?: boolean;
  /** Runs in the page before its scripts. */
  readonly script?: string;
}

/** WebGL in software, as here, is slower than elements, and the page asks: it is not told. */
const WEBGL_AS_IF_FAST = `WebGL2RenderingContext.prototype.getExtension = new Proxy(WebGL2RenderingContext.prototype.getExtension, {
  apply: (get, context, [name]) => (name === 'WEBGL_debug_renderer_info' ? null : Reflect.apply(get, context, [name])),
});`;
export const SPEAKING = `localStorage.setItem('agent-server terminals speak', 'yes');`;

/** A look takes milliseconds of the browser, which has to draw meanwhile. */
const LOOK_MS = 50;
const LINES = `[...document.querySelectorAll('.xterm-accessibility-tree > div, .xterm-rows > div')]
  .map((line) => line.textContent.replaceAll('\\u00a0', ' ').trimEnd()).join('\\n')`;

export async function openTerminal(
  open: OpenPage,
  url: string,
  key: string,
  id: string,
  { script = '', webgl = false, ...options }: TerminalPageOptions = {},
): Promise<TerminalPage> {
  const watched = await open(
    `${url}/#/terminals/${id}`,
    options,
    `${webgl ? WEBGL_AS_IF_FAST + SPEAKING : ''}${script}`,
  );
  await watched.unlock(key);
  const { page } = watched;
  await page
    .locator('.terminal-bar')
    .getByText(/Live|Exited/)
    .waitFor();
  const text = (): Promise<string> => page.evaluate<string>(LINES);
  return {
    watched,
    text,
    async shows(what) {
      let now = '';
      try {
        const look = async () => {
          now = await text();
          return (typeof what === 'string' ? now.includes(what) : what.test(now)) && now;
        };
        return await waitFor(`the terminal to show ${what}`, look, LOOK_MS);
      } catch (error) {
        throw new Error(`${messageOf(error)}; it shows:\n${now}`, { cause: error });
      }
    },
    type: (typed) => page.keyboard.type(typed),
    [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose](),
  };
}
