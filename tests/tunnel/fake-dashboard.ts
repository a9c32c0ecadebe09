/** A dashboard with the three routes that a machine registers through, and its failures. */

export interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

export class FakeDashboard implements AsyncDisposable {
  /** What it was sent, without the questions whether a code is confirmed. */
  readonly asked: Asked[] = [];
  /** The key of the machine that it knows. */
  knownKey: string | undefined;
  /** Answers in place of its own, used up one by one. */
  readonly instead: (() => Response | Promise<Response>)[] = [];
  statusQuestions = 0;
  #confirmed = false;
  #pending: Readonly<Record<string, string>> | undefined;
  readonly #server: Bun.Server<undefined>;

  constructor() {
    this.#server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => this.#answer(request) });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get last(): Asked | undefined {
    return this.asked.at(-1);
  }

  /** The bodies sent to that route. */
  sentTo(path: string): Asked['body'][] {
    return this.asked.filter((one) => one.path === path).map(({ body }) => body);
  }

  /** A person enters a code. */
  enter(code: string): boolean {
    this.#confirmed = this.#pending?.['challenge_code'] === code;
    if (this.#confirmed) this.knownKey = this.#pending?.['api_key'];
    return this.#confirmed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === 'GET') {
      this.statusQuestions += 1;
      if (pathname !== '/api/register/17/status') return Response.json({ error: 'not found' }, { status: 404 });
      return Response.json(
        this.#confirmed ? { status: 'confirmed', devbox: { id: 3, name: 'box' } } : { status: 'pending' },
      );
    }
    const body = (await request.json()) as Record<string, string>;
    this.asked.push({ path: pathname, body });
    const instead = this.instead.shift();
    if (instead !== undefined) return instead();
    if (pathname === '/api/register/refresh-token') {
      if (this.knownKey === undefined || body['current_api_key'] !== this.knownKey)
        return Response.json({ error: 'unknown devbox' }, { status: 404 });
      this.knownKey = body['api_key'];
      return Response.json({ updated: true });
    }
    if (pathname !== '/api/register') return Response.json({ error: 'not found' }, { status: 404 });
    this.#pending = body;
    this.#confirmed = false;
    return Response.json({ id: 17 });
  }
}
