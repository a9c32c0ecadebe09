/**
 * Puts the application on its ports: HTTP and all kinds of sockets on one, sockets of terminals alone on the other (the
 * inherited place, one port further). Stopping is the reverse: sockets are closed, connections end, the rooms close.
 */
import type { Config } from '../settings/config.ts';
import type { Environment } from '../core/environment.ts';
import { codeOf, fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { SocketData } from '../http/sockets/hub.ts';
import { TERMINAL_SOCKET_PATH } from '../http/terminals/socket/plan.ts';
import { openApp, type App, type StartFailure } from './app.ts';
import type { ShowCode } from './feature.ts';
import { urlHost } from './own-names.ts';

export interface Server extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  /** `ws://…` of the terminal port; undefined where there is none. */
  readonly terminalUrl: string | undefined;
  readonly terminalPort: number | undefined;
}

export type ListenFailure =
  | { readonly reason: 'port-in-use'; readonly host: string; readonly port: number; readonly flag: PortFlag }
  | { readonly reason: 'no-next-port'; readonly port: number }
  | { readonly reason: 'listen-failed'; readonly host: string; readonly port: number; readonly detail: string };

type PortFlag = 'port' | 'terminal-port';

/**
 * Seconds that a connection gets which has shown no key: silent, with half a request, or with a wrong key. Bun counts in steps of
 * four and from the last whole request, so one that sends a header now and then gets no more. How many of them there may be is
 * limited in http/unauthenticated-connections.ts. None of it is asked of a valid key, to which the gateway gives more time.
 */
const UNAUTHENTICATED_IDLE_SECONDS = 10;
/** Bodies are measured by our own reader, which answers in JSON; Bun's own refusal has no body at all. */
const NO_BODY_LIMIT = Number.MAX_SAFE_INTEGER;
const LAST_PORT = 65_535;

type Listener = Bun.Server<SocketData>;

export async function startServer(
  config: Config,
  env: Environment,
  log: Log,
  showCode?: ShowCode,
): Promise<Result<Server, StartFailure | ListenFailure>> {
  const opened = await openApp(config, env, log, showCode);
  if (!opened.ok) return opened;
  // Disposed on every way out of here but the last, also when something throws.
  await using starting = new AsyncDisposableStack();
  const app = starting.use(opened.value);
  const { host, port } = config.settings;

  const main = listen(app, host, port, 'port', (request, server) => app.gateway.fetch(request, server));
  if (!main.ok) return main;
  starting.defer(() => main.value.stop(true));
  const bound = main.value.port ?? port;

  const wanted = terminalPort(config, bound);
  if (wanted !== undefined && wanted > LAST_PORT) return fail({ reason: 'no-next-port', port: bound });
  const terminal = wanted === undefined ? undefined : listenForTerminals(app, host, wanted);
  if (terminal?.ok === false) return terminal;
  if (terminal !== undefined) starting.defer(() => terminal.value.stop(true));
  starting.use(app.hub);

  const url = `http://${urlHost(host)}:${bound}`;
  const boundTerminal = terminal?.value.port;
  app.lock.describe({
    pid: process.pid,
    url,
    ...(boundTerminal !== undefined && { terminalPort: boundTerminal }),
    startedAt: new Date().toISOString(),
  });
  app.listening({ port: bound, terminalPort: boundTerminal });
  const running = starting.move();
  return ok({
    app,
    url,
    port: bound,
    terminalUrl: boundTerminal === undefined ? undefined : `ws://${urlHost(host)}:${boundTerminal}`,
    terminalPort: boundTerminal,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  });
}

/** The inherited port, where every path is a terminal socket. */
function listenForTerminals(app: App, host: string, port: number): Result<Listener, ListenFailure> | undefined {
  const kind = app.hub.kindAt(TERMINAL_SOCKET_PATH);
  if (kind === undefined) return undefined;
  return listen(app, host, port, 'terminal-port', (request, server) => app.gateway.upgrade(kind, request, server));
}

/** Undefined: none. With `--port 0` it is any free one, like the main port. */
function terminalPort({ settings }: Config, bound: number): number | undefined {
  const given = settings['terminal-port'];
  if (given !== undefined) return given === 0 ? undefined : given;
  return settings.port === 0 ? 0 : bound + 1;
}

function listen(
  app: App,
  hostname: string,
  port: number,
  flag: PortFlag,
  answer: (request: Request, server: Listener) => Response | Promise<Response | undefined> | undefined,
): Result<Listener, ListenFailure> {
  try {
    return ok(
      Bun.serve<SocketData>({
        hostname,
        port,
        idleTimeout: UNAUTHENTICATED_IDLE_SECONDS,
        maxRequestBodySize: NO_BODY_LIMIT,
        development: false,
        // Otherwise Bun lets two servers share the port, and each gets half of the requests.
        reusePort: false,
        fetch: answer,
        websocket: app.hub.handlers,
      }),
    );
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return fail({ reason: 'port-in-use', host: hostname, port, flag });
    return fail({ reason: 'listen-failed', host: hostname, port, detail: messageOf(error) });
  }
}
