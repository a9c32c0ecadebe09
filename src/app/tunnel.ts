/** Builds the tunnel, and the registration that tells a dashboard where it leads. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { secureRandom } from '../core/id.ts';
import { isLoopback } from '../core/loopback.ts';
import { durableFiles } from '../platform/files/durable-files.ts';
import { tunnelRoutes } from '../http/tunnel/routes.ts';
import { registrationView, tunnelView } from '../http/tunnel/view.ts';
import type { Registration as RegistrationSeen, Tunnel } from '../protocol/tunnel.ts';
import { Devtunnel } from '../tunnel/devtunnel/devtunnel.ts';
import { LaunchedTool } from '../tunnel/devtunnel/launched-tool.ts';
import { defaultTunnelId } from '../tunnel/devtunnel/tunnel-id.ts';
import { terminalUrlOf } from '../tunnel/devtunnel/tunnel-urls.ts';
import { dashboardAt } from '../tunnel/registration/dashboard.ts';
import { knownKeyIn } from '../tunnel/registration/known-key.ts';
import type { Reach } from '../tunnel/registration/messages.ts';
import { Registration } from '../tunnel/registration/registration.ts';
import type { Base, Feature, Listening } from './feature.ts';
import { machineName } from './machine-name.ts';

const URL_VARIABLE = 'DEVPILOT_TUNNEL_URL';
const TERMINAL_VARIABLE = 'DEVPILOT_TERMINAL_URL';
const TOKEN_VARIABLE = 'DEVPILOT_TUNNEL_TOKEN';

export function openTunnel(base: Base, scope: AsyncDisposableStack): Feature {
  const { config, env } = base;
  const { settings } = config;
  // The server of a self-test is nobody's to reach.
  const wantsTunnel = settings.tunnel && config.isSelftest !== true;
  const registration = config.isSelftest === true ? undefined : openRegistration(base, scope);
  let tunnel: Devtunnel | undefined;
  scope.defer(async () => tunnel?.[Symbol.asyncDispose]());

  const tunnelNow = (): Tunnel => {
    if (tunnel !== undefined) return tunnelView(tunnel.status);
    if (wantsTunnel) return { state: 'starting' };
    const { url, terminalUrl } = presetReach(env);
    if (url === undefined) return { state: 'off' };
    return { state: 'preset', url, ...(terminalUrl !== undefined && { terminalUrl }) };
  };

  const listening = (where: Listening): void => {
    const { port: main, terminalPort: terminal } = where;
    const ports = { main, terminal };
    const local = localReach(env, where);
    if (!wantsTunnel) {
      registration?.reachable(local);
      return;
    }
    const id = settings['tunnel-id'] ?? defaultTunnelId(tunnelName(base), main);
    const names = new TunnelNames(where);
    let told: string | undefined;
    const tell = (reach: Reach) => {
      const text = JSON.stringify(reach);
      if (text !== told) registration?.reachable(reach);
      told = text;
    };
    const { clock, log } = base;
    const tool = toolOf(base);
    const changed = () => {
      const { state, urls, token } = tunnel?.status ?? {};
      names.set(urls?.hosts ?? []);
      if (urls !== undefined) {
        base.setCommandVariable(URL_VARIABLE, urls.url);
        base.setCommandVariable(TERMINAL_VARIABLE, urls.terminalUrl);
        tell({ url: urls.url, terminalUrl: urls.terminalUrl, token });
      } else if (state === 'waiting' && told === undefined) tell(local);
    };
    tunnel = new Devtunnel({ tool, id, ports, clock, log, changed });
    tunnel.start();
  };

  return {
    routes: [tunnelRoutes(registration)],
    health: (caller) => ({ tunnel: tunnelNow(), registration: registrationView(registration?.status, caller) }),
    problems: (caller) => problemsOf(tunnelNow(), registrationView(registration?.status, caller)),
    listening,
  };
}

function openRegistration(base: Base, scope: AsyncDisposableStack): Registration | undefined {
  const { config, env, clock, log, apiKey, showCode } = base;
  const { settings } = config;
  const { register: url } = settings;
  if (url === undefined) return undefined;
  const { protocol, hostname: host } = new URL(url);
  const isHere = isLoopback(host);
  const isSafe = protocol === 'https:' || isHere;
  if (!isSafe)
    log.warn(
      settings['register-insecure']
        ? 'the key of this server goes to the dashboard unencrypted, as --register-insecure allows'
        : 'the dashboard is not told the key of this server, since its address is not https; --register-insecure allows it',
      { dashboard: url },
    );
  const isReachable = settings.tunnel || presetReach(env).url !== undefined || !isLoopback(settings.host);
  if (!isHere && !isReachable)
    log.warn('the dashboard is on another machine and cannot reach this server: it needs --tunnel, or --host', {
      dashboard: url,
    });
  const registration = scope.use(
    new Registration({
      dashboard: dashboardAt(url),
      url,
      name: settings.name ?? machineName(env),
      key: apiKey.value,
      knownKey: knownKeyIn(durableFiles, config.dataPath, url),
      mayTellSecrets: isSafe || settings['register-insecure'],
      clock,
      random: secureRandom,
      log,
      show: showCode,
    }),
  );
  scope.use(apiKey.onRotated(({ current }) => registration.keyChanged(current)));
  return registration;
}

function toolOf({ config, launcher, clock, commandEnv: env, graceMs }: Base): LaunchedTool {
  return new LaunchedTool({ launcher, clock, env, graceMs, root: join(config.dataPath, 'tunnel') });
}

/** HOSTNAME too: a tunnel that has its id from there already must go on under it. */
function tunnelName({ env }: Base): string {
  const { COMPUTERNAME = '', HOSTNAME = '' } = env;
  return COMPUTERNAME || HOSTNAME || hostname();
}

function presetReach(env: Base['env']) {
  const given = (name: string) => env[name] || undefined;
  return { url: given(URL_VARIABLE), terminalUrl: given(TERMINAL_VARIABLE), token: given(TOKEN_VARIABLE) };
}

/** Where this server is without a tunnel of its own. */
function localReach(env: Base['env'], { port: main, terminalPort: terminal }: Listening): Reach {
  const preset = presetReach(env);
  const url = preset.url ?? `http://localhost:${main}`;
  return {
    url,
    terminalUrl: preset.terminalUrl ?? terminalUrlOf(url, { main, terminal }),
    token: preset.token,
  };
}

/** The names of the tunnel, which are names of this server while it stands. */
class TunnelNames {
  readonly #allow: Listening['allow'];
  #allowed = new Map<string, Disposable>();

  constructor({ allow }: Listening) {
    this.#allow = allow;
  }

  set(hosts: readonly string[]): void {
    const before = this.#allowed;
    this.#allowed = new Map(hosts.map((host) => [host, this.#allow(host)]));
    for (const name of before.values()) name[Symbol.dispose]();
  }
}

function problemsOf({ state, lastError }: Tunnel, registration: RegistrationSeen): string[] {
  const problems = lastError === undefined ? [] : [state === 'open' ? lastError : `there is no tunnel: ${lastError}`];
  const { state: at, code = 'that is shown to keys with the scope admin', enterAt, lastError: why } = registration;
  if (at === 'unconfirmed') problems.push(`this machine is not registered yet: enter the code ${code} at ${enterAt}`);
  else if (why !== undefined)
    problems.push(
      at === 'registered' ? `the dashboard could not be told of a change: ${why}` : `not registered: ${why}`,
    );
  return problems;
}
