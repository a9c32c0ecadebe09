/** `/.agent-server/enter?ticket=…`: lets a browser in, by a cookie in exchange for a ticket. */
import type { Caller } from '../../caller.ts';
import { portCookieName } from '../proxy/cookies.ts';
import type { PortHost } from './port-host.ts';
import { SESSION_SECONDS } from './sessions.ts';

/** Nothing below it is the port's. */
export const RESERVED_PATH = '/.agent-server/';
export const ENTER_PATH = `${RESERVED_PATH}enter`;

export const entryAddress = ({ origin }: PortHost, ticket: string): string =>
  `${origin}${ENTER_PATH}?ticket=${encodeURIComponent(ticket)}`;

/** For what a ticket of a port is good, which a ticket for a socket is not. */
export const useOf = ({ origin }: PortHost): string => origin;

export function entered({ scheme }: PortHost, secret: string): Response {
  const cookie = `${portCookieName(scheme)}=${secret}; Max-Age=${SESSION_SECONDS}; Path=/; HttpOnly; SameSite=Lax`;
  return new Response(null, {
    status: 303,
    headers: {
      location: '/',
      'set-cookie': scheme === 'https' ? `${cookie}; Secure` : cookie,
      // The address with the ticket is told to nobody.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}

export interface Admission {
  readonly caller: Caller | undefined;
  readonly answer?: Response;
}
