/** The tunnel and the registration as the wire shows them. */
import { toSeconds } from '../../core/clock.ts';
import type { Registration, Tunnel } from '../../protocol/tunnel.ts';
import type { TunnelStatus } from '../../tunnel/devtunnel/devtunnel.ts';
import type { RegistrationStatus } from '../../tunnel/registration/registration.ts';
import { mayUse, type Caller } from '../caller.ts';

/** The token itself is shown to nobody. */
export function tunnelView({ state, urls, tokenExpiresAt, lastError }: TunnelStatus): Tunnel {
  return {
    state,
    ...(urls !== undefined && { url: urls.url, terminalUrl: urls.terminalUrl }),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt: toSeconds(tokenExpiresAt) }),
    ...(lastError !== undefined && { lastError }),
  };
}

/** The code is for those alone who may do everything: whoever enters it gets this machine. */
export function registrationView(status: RegistrationStatus | undefined, caller: Caller | undefined): Registration {
  if (status === undefined) return { state: 'off' };
  const { state, dashboard, code, lastError } = status;
  return {
    state,
    dashboard,
    ...(code !== undefined && caller !== undefined && mayUse(caller, 'admin') && { code: code.code }),
    ...(code !== undefined && { enterAt: code.enterAt, expiresAt: toSeconds(code.expiresAt) }),
    ...(lastError !== undefined && { lastError }),
  };
}
