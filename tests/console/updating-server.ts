/**
 * A real server whose self-update is played: a server that runs from source has none. Between page and server `/update`
 * and `/health` are answered as the story has it, and a server that goes down answers nothing.
 */
import type { Page, Route } from 'playwright-core';
import type { Health } from '../../src/protocol/health.ts';
import type { UpdateResource } from '../../src/protocol/update.ts';

export const OLD = '1.2.0';
export const NEW = '1.3.0';

/** What a request that changes something is answered with, and what it does. */
export type Asked = (method: string, body: unknown) => readonly [status: number, body: unknown];

export class UpdatingServer {
  update: UpdateResource = { version: OLD, channel: 'stable', state: 'idle', bad: [] };
  activity: Health['activity'] = [];
  asked: Asked = () => [500, { error: 'the story asks for nothing' }];
  /** How often `GET /update` was answered. */
  looks = 0;
  #down = false;
  readonly #health: Health;

  /** `health`: that of the real server. */
  constructor(health: Health) {
    this.#health = health;
  }

  /** Before the page has its key: it asks for nothing until then. */
  async standBefore(page: Page): Promise<void> {
    await page.route('**/health', (route) => this.#answer(route, () => [200, this.#healthNow()]));
    await page.route('**/update', (route) =>
      this.#answer(route, () => {
        const method = route.request().method();
        if (method !== 'GET') return this.asked(method, route.request().postDataJSON());
        this.looks += 1;
        return [200, this.update];
      }),
    );
  }

  now(change: Partial<UpdateResource>): void {
    this.update = { ...this.update, ...change };
  }

  goDown(): void {
    this.#down = true;
  }

  /** Another start, with nothing known of the last check. */
  comeUp(change: Partial<UpdateResource>): void {
    const { version, channel, bad } = this.update;
    this.update = { version, channel, state: 'idle', bad, ...change };
    this.#down = false;
  }

  async #answer(route: Route, answer: () => readonly [status: number, body: unknown]): Promise<void> {
    if (this.#down) return route.abort('connectionrefused');
    const [status, json] = answer();
    await route.fulfill({ status, json });
  }

  #healthNow(): Health {
    const { version, state, available, waitingFor, lastError, bad } = this.update;
    return {
      ...this.#health,
      version,
      activity: this.activity,
      problems: bad.map((one) => `the update to version ${one.version} was rolled back: ${one.why}`),
      update: {
        state,
        ...(available !== undefined && { available }),
        ...(waitingFor !== undefined && { waitingFor }),
        ...(lastError !== undefined && { lastError }),
        bad,
      },
    };
  }
}
