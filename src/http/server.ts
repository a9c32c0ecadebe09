/** Assembles the HTTP application: guard first, then routes, every failure through one table. Never listens. */
import { Elysia } from 'elysia';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { JobFeeds } from '../jobs/feed.ts';
import type { JobManager } from '../jobs/manager.ts';
import type { Health } from '../protocol/health.ts';
import { refuse } from './failures.ts';
import type { Guard } from './guard.ts';
import { allowedMethods } from './methods.ts';
import { consoleRoutes } from './routes/console.ts';
import { docsRoutes } from './routes/docs.ts';
import { execRoutes } from './routes/exec.ts';
import { healthRoutes } from './routes/health.ts';
import { jobControlRoutes } from './routes/job-control.ts';
import { jobEventRoutes } from './routes/job-events.ts';
import { jobOutputRoutes } from './routes/job-output.ts';
import type { ShellPool } from '../shells/pool.ts';
import type { Terminals } from '../terminals/registry.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { terminalControlRoutes } from './routes/terminal-control.ts';
import { terminalOutputRoutes } from './routes/terminal-output.ts';
import { terminalProgramRoutes } from './routes/terminal-programs.ts';
import { terminalSocketRoutes } from './routes/terminal-socket.ts';
import { terminalRoutes } from './routes/terminals.ts';
import { ticketRoutes } from './routes/tickets.ts';
import type { Tickets } from './tickets.ts';
import { jobRoutes } from './routes/jobs.ts';

export interface HttpOptions {
  readonly guard: Guard;
  readonly jobs: JobManager;
  readonly feeds: JobFeeds;
  readonly shells: ShellPool;
  readonly terminals: Terminals;
  readonly tickets: Tickets;
  readonly health: () => Health;
  readonly log: Log;
}

export function createHttpApp(options: HttpOptions): Elysia {
  const { guard, jobs, feeds, shells, terminals, tickets, health, log } = options;
  const app = new Elysia();
  app.onRequest(({ request }) => {
    const failure = guard.check(request, pathOf(request));
    return failure === undefined ? undefined : refuse(failure);
  });
  app.onError(({ code, error, request }) => {
    const path = pathOf(request);
    if (code === 'NOT_FOUND') {
      const allowed = allowedMethods(app, path);
      return refuse(allowed.length === 0 ? { reason: 'not-found' } : { reason: 'method-not-allowed', allowed });
    }
    // Anything that gets here is a bug of ours: the caller learns nothing of it, the log all.
    log.error('a request failed', { method: request.method, path, detail: messageOf(error) });
    return refuse({ reason: 'internal' });
  });
  healthRoutes(app, guard, health);
  execRoutes(app, jobs, shells);
  sessionRoutes(app, shells);
  jobRoutes(app, jobs);
  jobControlRoutes(app, jobs);
  jobOutputRoutes(app, jobs);
  jobEventRoutes(app, jobs, feeds);
  terminalRoutes(app, terminals);
  terminalControlRoutes(app, terminals);
  terminalOutputRoutes(app, terminals);
  terminalProgramRoutes(app, terminals);
  terminalSocketRoutes(app);
  ticketRoutes(app, tickets);
  docsRoutes(app);
  consoleRoutes(app);
  return app;
}

// Where the Host header is no host name (or missing, in HTTP/1.0), Bun's `request.url` is a bare path and
// no URL: the guard must get to refuse that, rather than an exception.
const pathOf = (request: Request): string => URL.parse(request.url)?.pathname ?? '';
