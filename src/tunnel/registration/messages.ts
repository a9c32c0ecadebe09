/** What is said to a dashboard, and what its answers mean. */
import type { RefreshBody, RegisterBody } from './dashboard.ts';

/** Where this machine is reached. */
export interface Reach {
  readonly url: string;
  readonly terminalUrl: string;
  /** Opens the tunnel; undefined where there is none. */
  readonly token: string | undefined;
}

/** What a dashboard knows of this machine. */
export interface Known {
  readonly key: string;
  readonly reach: Reach | undefined;
}

export const sameReach = (one: Reach | undefined, other: Reach | undefined): boolean =>
  one?.url === other?.url && one?.terminalUrl === other?.terminalUrl && one?.token === other?.token;

export const refreshBody = (name: string, { key, reach }: Known, currentKey: string): RefreshBody => ({
  name,
  ...urlsOf(reach),
  tunnel_token: reach?.token ?? '',
  api_key: key,
  current_api_key: currentKey,
});

export const registerBody = (
  name: string,
  { key, reach }: Known,
  code: string,
  withSecrets: boolean,
): RegisterBody => ({
  name,
  ...urlsOf(reach),
  challenge_code: code,
  ...(withSecrets && { api_key: key }),
  ...(withSecrets && reach?.token !== undefined && { tunnel_token: reach.token }),
});

const urlsOf = (reach: Reach | undefined) => ({ tunnel_url: reach?.url ?? '', terminal_url: reach?.terminalUrl ?? '' });

type Answer = Readonly<Record<string, unknown>>;

/** Whether the dashboard knew this machine, and has taken what it was told. */
export const isKnown = ({ updated }: Answer): boolean =>
  updated !== undefined && updated !== null && updated !== false && updated !== 0;

export function registeredId({ id }: Answer): string | undefined {
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}

/** `ended`: the code will not be confirmed any more. */
export function verdictOf({ status }: Answer): 'confirmed' | 'ended' | 'open' {
  if (status === 'confirmed') return 'confirmed';
  return status === 'expired' || status === 'rejected' ? 'ended' : 'open';
}
