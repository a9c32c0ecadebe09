/** The tunnel and the registration as the wire shows them. */
import { toSeconds } from '../../core/clock.ts';
import type { Registration, Tunnel } from '../../protocol/tunnel.ts';
import type { TunnelStatus } from '../../tunnel/devtunnel/devtunnel.ts';
import type { RegistrationStatus } from '../../tunnel/registration/registration.ts';

/** The token itself is shown to nobody. */
export function tunnelView({ state, urls, tokenExpiresAt, lastError }: TunnelStatus): Tunnel {
  return {
    state,
    ...(urls !== undefined && { url: urls.url, terminalUrl: urls.terminalUrl }),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt: toSeconds(tokenExpiresAt) }),
    ...(lastError !== undefined && { lastError }),
  };
}

export function registrationView(status: RegistrationStatus | undefined): Registration {
  if (status === undefined) return { state: 'off' };
  const { state, dashboard, code, lastError } = status;
  return {
    state,
    dashboard,
    ...(code !== undefined && { code: code.code, enterAt: code.enterAt, expiresAt: toSeconds(code.expiresAt) }),
    ...(lastError !== undefined && { lastError }),
  };
}
