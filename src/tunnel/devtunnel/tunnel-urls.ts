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

const TUNNEL_URL = /https:\/\/[a-z0-9.-]+\.devtunnels\.ms[^\s,;"'<>)\]]*/gi;

/** How good an address is for the main port; the lowest is the best. */
const RANKS = ['-PORT.', ':PORT', 'no port'] as const;
type Rank = (typeof RANKS)[number];

export interface FoundUrls extends TunnelUrls {
  /** Whether nothing better can follow. */
  readonly best: boolean;
}

/** Undefined while there is none of the main port. */
export function findTunnelUrls(text: string, ports: TunnelPorts): FoundUrls | undefined {
  const urls = (text.match(TUNNEL_URL) ?? []).flatMap((match) => URL.parse(match.replace(/\.+$/, '')) ?? []);
  const own = urls.filter(({ hostname }) => !hostname.includes('-inspect.'));
  for (const rank of RANKS) {
    const found = own.find((url) => rankOf(url, ports) === rank);
    if (found === undefined) continue;
    const url = withoutSlash(found.href);
    const terminalUrl = terminalUrlOf(url, ports);
    const hosts = [...own, new URL(terminalUrl)].map(({ hostname }) => hostname.toLowerCase());
    return { url, terminalUrl, hosts: [...new Set(hosts)], best: rank === RANKS[0] };
  }
  return undefined;
}

function rankOf({ hostname, port }: URL, { main, terminal }: TunnelPorts): Rank | undefined {
  if (hostname.includes(`-${main}.`)) return '-PORT.';
  if (port === String(main)) return ':PORT';
  const isTerminal = terminal !== undefined && (hostname.includes(`-${terminal}.`) || port === String(terminal));
  return isTerminal ? undefined : 'no port';
}

/** Where terminals are, for a server at `url`: at the other port, else at a path of the same one. */
export function terminalUrlOf(url: string, { main, terminal }: TunnelPorts): string {
  if (terminal === undefined) return `${withoutSlash(url)}/terminal`;
  const parsed = new URL(url);
  if (parsed.hostname.includes(`-${main}.`)) parsed.hostname = parsed.hostname.replace(`-${main}.`, `-${terminal}.`);
  else if (parsed.port === String(main)) parsed.port = String(terminal);
  else return `${withoutSlash(url)}/terminal`;
  return withoutSlash(parsed.href);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
