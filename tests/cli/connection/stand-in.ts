/** A server of which only its address and the keys that it was sent matter. */
import type { Health } from '../../../src/protocol/health.ts';

export interface StandInOptions {
  /** What it accepts. Default: anything. */
  readonly key?: string;
  /** True for a key that may not observe: the short health, and 403 elsewhere. */
  readonly narrow?: boolean;
  /** Milliseconds that its clock is ahead. */
  readonly aheadMs?: number;
  /** Default: it answers as an agent-server does. */
  readonly isOther?: boolean;
}

export class StandIn implements Disposable {
  /** Every key it was sent, in order; `none` for a request without one. */
  readonly keys: string[] = [];
  readonly #server: Bun.Server<undefined>;

  constructor({ key, narrow = false, aheadMs = 0, isOther = false }: StandInOptions = {}) {
    this.#server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => {
        const given = request.headers.get('x-api-key');
        this.keys.push(given ?? 'none');
        if (isOther) return new Response('<h1>Welcome</h1>');
        const headers = { date: new Date(Date.now() + aheadMs).toUTCString() };
        const accepted = given !== null && (key === undefined || given === key);
        const { pathname } = new URL(request.url);
        if (pathname === '/healthz') return new Response('ok\n', { headers });
        if (pathname === '/health') return Response.json(healthOf(accepted && !narrow), { headers });
        if (!accepted) return Response.json({ error: 'unauthorized' }, { status: 401, headers });
        if (narrow) return Response.json({ error: 'this key lacks the scope observe' }, { status: 403, headers });
        return pathname === '/jobs' || pathname === '/agents'
          ? Response.json([], { headers })
          : Response.json({ version: '1.2.0', channel: 'beta', state: 'idle', bad: [] }, { headers });
      },
    });
  }

  /** Without the slash at its end. */
  get url(): string {
    return this.#server.url.origin;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

function healthOf(authenticated: boolean): unknown {
  const full = { version: '1.2.0', hostname: 'box', jobs: 0, jobs_active: 0, activity: [], problems: [] };
  return { status: 'ok', authenticated, ...(authenticated && (full satisfies Partial<Health>)) };
}
