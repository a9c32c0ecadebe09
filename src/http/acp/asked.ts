/** What a request to one of the doors names: an agent and whose files it uses. Path, query and headers may all say so. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { AcpFailure } from './failures.ts';

export interface Named {
  /** Undefined: the default one. */
  readonly agent: string | undefined;
  readonly host: 'remote' | 'client';
}

export interface Address {
  readonly headers: Headers;
  /** Of the URL, with nothing decoded: `/acp`, `/acp/AGENT`, or one of them with `/ws` behind it. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export function namedBy({ headers, path, query }: Address): Result<Named, AcpFailure> {
  const agents = new Set([agentIn(path), query.get('agent'), headers.get('acp-agent')].filter((name) => name !== null));
  if (agents.size > 1) return fail({ reason: 'named-twice', what: 'agents' });
  const [agent] = agents;
  const hosts = new Set([query.get('host'), headers.get('acp-host')].filter((name) => name !== null));
  if (hosts.size > 1) return fail({ reason: 'named-twice', what: 'hosts' });
  const [host = 'remote'] = hosts;
  return host === 'remote' || host === 'client' ? ok({ agent, host }) : fail({ reason: 'host-invalid' });
}

/** Path of the door of that agent; undefined: of the default one. */
export const pathOfAgent = (agent: string | undefined): string =>
  agent === undefined ? '/acp' : `/acp/${encodeURIComponent(agent)}`;

function agentIn(path: string): string | null {
  const [, , first = '', second] = path.split('/');
  // `ws` is no agent: it is where the socket of the default one is.
  if (first === '' || (first === 'ws' && second !== 'ws')) return null;
  try {
    return decodeURIComponent(first);
  } catch {
    return first;
  }
}
