/**
 * Stands for a tunnel with web forwarding: it asks for a token of its own, sends who has none to a page for people, and
 * rewrites Host. It can also lose answers, be without the server behind it, and change what the server said.
 */
export class Tunnel implements Disposable {
  readonly token = `eyJ${crypto.randomUUID()}`;
  readonly #server: Bun.Server<undefined>;
  /** How many of the next answers are lost, after the server has given them. */
  lose = 0;
  lost = 0;
  /** How many of the next requests find nobody behind the tunnel. */
  absent = 0;
  change = (answer: string): string => answer;

  constructor(target: string) {
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) => this.#forward(target, request),
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async #forward(target: string, request: Request): Promise<Response> {
    if (request.headers.get('x-tunnel-authorization') !== `tunnel ${this.token}`)
      return Response.redirect(`${this.url}/login`, 302);
    if (this.absent > 0) {
      this.absent -= 1;
      return new Response('<html>no host is connected</html>', { status: 503 });
    }
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const name of ['host', 'x-tunnel-authorization']) headers.delete(name);
    const body = request.method === 'GET' ? undefined : await request.arrayBuffer();
    const answer = await fetch(`${target}${pathname}${search}`, {
      method: request.method,
      headers,
      ...(body !== undefined && { body }),
    });
    if (this.lose > 0) {
      this.lose -= 1;
      this.lost += 1;
      return new Response('', { status: 502 });
    }
    return new Response(this.change(await answer.text()), { status: answer.status });
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}
