/** Tells of the tunnel of a server, and of its registration with a dashboard. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { Registration, Tunnel } from '../../protocol/tunnel.ts';
import { PROGRAM } from '../command/program.ts';
import { reporter, type Finding } from './finding.ts';

/** Of a server that accepts the key. Nothing is said of what was not asked for. */
export async function checkTunnel(client: Client): Promise<readonly Finding[]> {
  try {
    const health = await client.health();
    // A server of an earlier version says nothing of either.
    const { tunnel, registration }: { readonly tunnel?: Tunnel; readonly registration?: Registration } =
      health.authenticated ? health : {};
    return [
      ...(tunnel === undefined ? [] : tunnelFinding(tunnel)),
      ...(registration === undefined ? [] : registrationFinding(registration)),
    ];
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return [reporter('tunnel')('warn', `not known: ${error.message}`)];
  }
}

export function tunnelFinding({ state, url = '', tokenExpiresAt, lastError }: Tunnel): Finding[] {
  const report = reporter('tunnel');
  const until = tokenExpiresAt === undefined ? '' : `; its token is valid until ${timeText(tokenExpiresAt)}`;
  switch (state) {
    case 'off':
      return [];
    case 'preset':
      return [report('ok', `given by DEVPILOT_TUNNEL_URL: ${url}`)];
    case 'starting':
      return [report('ok', 'being opened')];
    case 'open':
      return [
        lastError === undefined ? report('ok', `open at ${url}${until}`) : report('warn', `${url}: ${lastError}`),
      ];
    case 'waiting':
      return [report('warn', lastError ?? 'it is tried again later', 'the server tries again by itself')];
  }
}

export function registrationFinding({
  state,
  dashboard = '',
  code,
  enterAt,
  expiresAt,
  lastError,
}: Registration): Finding[] {
  const report = reporter('dashboard');
  const again = `ask for a new code with: ${PROGRAM} register`;
  switch (state) {
    case 'off':
      return [];
    case 'waiting':
      return [report('ok', `waits for the tunnel, then registers with ${dashboard}`)];
    case 'asking':
      return [
        lastError === undefined
          ? report('ok', `${dashboard} is being asked`)
          : report('warn', lastError, 'the server tries again by itself'),
      ];
    case 'unconfirmed': {
      const until = expiresAt === undefined ? '' : `, until ${timeText(expiresAt)}`;
      return [
        report(
          'warn',
          `not confirmed yet by ${dashboard}`,
          `enter the code ${code ?? 'that is shown to keys with the scope admin'} at ${enterAt}${until}`,
        ),
      ];
    }
    case 'registered':
      return [
        lastError === undefined
          ? report('ok', `registered with ${dashboard}`)
          : report('warn', `registered with ${dashboard}, which could not be told of a change: ${lastError}`),
      ];
    case 'failed':
    case 'expired':
      return [report('warn', lastError ?? state, again)];
  }
}

const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString();
