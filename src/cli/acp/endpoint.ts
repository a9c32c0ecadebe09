/**
 * Where a door is: of an agent-server (`/acp`, `/acp/AGENT`), whose connections can be resumed; or, where the address ends
 * in `/ws`, one that speaks the wire of acpremote, whose connections end with their socket.
 * https://github.com/vcoderun/acpkit
 */
import { isLoopback } from '../../core/loopback.ts';

export interface Endpoint {
  readonly wire: 'acp' | 'acpremote';
  /** Address of the socket. */
  readonly socket: string;
  /** Where the door says what it is. */
  readonly metadata: string;
}

const DOOR = /\/acp(\/[^/]+)?$/;

export const isAcpremote = (url: string): boolean => url.endsWith('/ws');

/** `url`: of a server, or of one of its doors. */
export function endpointOf(url: string, agent: string | undefined): Endpoint {
  const wire = isAcpremote(url) ? 'acpremote' : 'acp';
  const base = wire === 'acpremote' ? url.slice(0, -'/ws'.length) : DOOR.test(url) ? url : `${url}/acp`;
  const door = agent === undefined ? base : `${base.replace(DOOR, '/acp')}/${encodeURIComponent(agent)}`;
  return {
    wire,
    socket: `${door.replace(/^http/, 'ws')}${wire === 'acpremote' ? '/ws' : ''}`,
    metadata: door,
  };
}

/** Whether others on the way could read a key that is sent there. */
export const isExposed = (url: string): boolean => url.startsWith('http:') && !isLoopback(new URL(url).hostname);
