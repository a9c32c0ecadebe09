/**
 * The addresses of a tunnel, read off what `devtunnel host` prints:
 *
 *     Hosting port: 8585
 *     Connect via browser: https://abc123.euw.devtunnels.ms:8585, https://abc123-8585.euw.devtunnels.ms
 *     Inspect network activity: https://abc123-8585-inspect.euw.devtunnels.ms
 *
 * Two ports are hosted, in no promised order, and each has two forms.
 */

export interface TunnelPorts {
  readonly main: number;
  /** Undefined where the server has no port for terminals. */
  readonly terminal: number | undefined;
}

export interface TunnelUrls {
  readonly url: string;
  readonly terminalUrl: string;
  /** Lower-case host names under which requests through the tunnel arrive. */
  readonly hosts: readonly string[];
}

const ADDRESS = /https:\/\/[a-z0-9-][^\s,;"'<>)\]]*/gi;
const DOMAIN = /\.devtunnels\.ms$/;

/** How good an address is for the main port; the lowest is the best. */
const RANKS = ['-PORT.', ':PORT', 'no port'] as const;
type Rank = (typeof RANKS)[number];

export interface FoundUrls extends TunnelUrls {
  /** Whether nothing better can follow. */
  readonly best: boolean;
}

/** Undefined while there is none of the main port. */
export function findTunnelUrls(text: string, ports: TunnelPorts): FoundUrls | undefined {
  const urls = (text.match(ADDRESS) ?? []).flatMap((match) => URL.parse(match.replace(/\.+$/, '')) ?? []);
  const own = urls.filter(
    // What only looks like one: https://x.devtunnels.ms.example, https://x.devtunnels.ms@example
    ({ hostname, username }) => DOMAIN.test(hostname) && username === '' && !hostname.includes('-inspect.'),
  );
  for (const rank of RANKS) {
    const found = own.find((url) => rankOf(url, ports) === rank);
    if (found === undefined) continue;
    const url = found.origin;
    return { url, terminalUrl: terminalUrlOf(url, ports), hosts: hostsOf(found, ports), best: rank === RANKS[0] };
  }
  return undefined;
}

/** The names of this tunnel in both forms; whatever other tunnels are spoken of, theirs are none of ours. */
function hostsOf({ hostname, port }: URL, { main, terminal }: TunnelPorts): string[] {
  const [label = '', ...domain] = hostname.split('.');
  const ending = `-${main}`;
  const name = port === '' && label.endsWith(ending) ? label.slice(0, -ending.length) : label;
  const labels = [name, ...[main, ...(terminal === undefined ? [] : [terminal])].map((one) => `${name}-${one}`)];
  return labels.map((one) => [one, ...domain].join('.'));
}

/** The name of a tunnel may end like a port itself, as `devpilot-box-8585` does: a port that is written out decides. */
function rankOf({ hostname, port }: URL, { main, terminal }: TunnelPorts): Rank | undefined {
  if (port !== '') return port === String(main) ? ':PORT' : undefined;
  if (hostname.includes(`-${main}.`)) return '-PORT.';
  return terminal !== undefined && hostname.includes(`-${terminal}.`) ? undefined : 'no port';
}

/** Where terminals are, for a server at `url`: at the other port, else at a path of the same one. */
export function terminalUrlOf(url: string, { main, terminal }: TunnelPorts): string {
  if (terminal === undefined) return `${withoutSlash(url)}/terminal`;
  const parsed = new URL(url);
  if (parsed.port === String(main)) parsed.port = String(terminal);
  else if (parsed.hostname.includes(`-${main}.`))
    parsed.hostname = parsed.hostname.replace(`-${main}.`, `-${terminal}.`);
  else return `${withoutSlash(url)}/terminal`;
  return withoutSlash(parsed.href);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
