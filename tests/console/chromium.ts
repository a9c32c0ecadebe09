/**
 * A real browser that looks at the page, and notes whatever a page must never do: break its own policy, ask anybody
 * else, or throw.
 */
import { afterAll, beforeAll, describe, test } from 'bun:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const FLAGS = [
  // Tests run as root in containers, where Chromium's own sandbox does not start.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page keeps the process that its context began with: by default it gets another one with its first address, which is a
  // fifth of what opening a page takes. Contexts have processes of their own all the same.
  '--renderer-process-limit=1',
];

// The first is the same engine without the windows around pages: it takes half the time.
const program = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .map((name) => Bun.which(name))
  .find(Boolean);

export interface ChromiumOptions {
  readonly flags?: readonly string[];
  /** How long anything is waited for. The default is shorter than a test may take, so that the failure says what was waited for. */
  readonly limitMs?: number;
}

/** Stories in Chromium; one line says so where there is none. */
export function inChromium(
  title: string,
  stories: (open: OpenPage) => void,
  { flags = [], limitMs = 15_000 }: ChromiumOptions = {},
): void {
  if (program === undefined || program === null) {
    process.stdout.write(`${title}: skipped, there is no Chromium on PATH (npm test as root on Debian installs it)\n`);
    test.skip(title, () => {});
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: program, args: [...FLAGS, ...flags] });
      // Most of it starts with its first page, which takes long where its files come from a cold disk.
      const first = await browser.newPage();
      await first.close();
    }, 60_000);
    afterAll(() => browser?.close());
    stories(async (url, options = {}, script = '') => {
      if (browser === undefined) throw new Error('the browser is not there before the first test');
      return WatchedPage.open(browser, url, options, script, limitMs);
    });
  });
}

/** `script` runs in the page before its own. */
export type OpenPage = (url: string, options?: BrowserContextOptions, script?: string) => Promise<WatchedPage>;

export class WatchedPage implements AsyncDisposable {
  readonly page: Page;
  readonly #origin: string;
  readonly #faults: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions,
    script: string,
    limitMs: number,
  ): Promise<WatchedPage> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, ...options });
    // Before any script of the page: a violation at the very start counts too.
    await context.addInitScript(
      `addEventListener('securitypolicyviolation', (event) =>
         console.error('violates ' + event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample));`,
    );
    if (script !== '') await context.addInitScript(script);
    context.setDefaultTimeout(limitMs);
    const page = await context.newPage();
    const watched = new WatchedPage(page, new URL(url).origin);
    watched.#watch();
    await page.goto(url);
    return watched;
  }

  /** What the page did that no page of ours may, as sentences. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Types the key that the page asks for. */
  async unlock(key: string): Promise<void> {
    await this.page.getByLabel('API key').fill(key);
    await this.page.keyboard.press('Enter');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    if (this.#faults.length > 0) throw new Error(`the page did what it may not:\n${this.#faults.join('\n')}`);
  }

  #watch(): void {
    this.page.on('console', (message) => {
      const text = message.text();
      if (/violates|content security policy|trusted/i.test(text)) this.#faults.push(text);
    });
    this.page.on('pageerror', (error) => this.#faults.push(`it threw: ${error.stack ?? error.message}`));
    this.page.on('request', (request) => this.#judge(request.url()));
    this.page.on('websocket', (socket) => this.#judge(socket.url()));
  }

  #judge(address: string): void {
    const { protocol, origin, host } = new URL(address);
    const ours = protocol === 'ws:' ? host === new URL(this.#origin).host : origin === this.#origin;
    // A blob is what the page itself holds.
    if (!ours && protocol !== 'blob:') this.#faults.push(`it asked elsewhere: ${address}`);
  }
}
