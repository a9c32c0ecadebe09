/** What `doctor` says about the tunnel and the registration of the server that runs here. */
import { expect, test } from 'bun:test';
import { registrationFinding, tunnelFinding } from '../../../src/cli/doctor/tunnel.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import type { Registration, Tunnel } from '../../../src/protocol/tunnel.ts';

const URL = 'https://a-8585.euw.devtunnels.ms';
const dashboard = 'https://dash.example';

test.each<[Tunnel, Partial<Finding>[]]>([
  [{ state: 'off' }, []],
  [{ state: 'preset', url: URL }, [{ level: 'ok', message: `given by DEVPILOT_TUNNEL_URL: ${URL}` }]],
  [{ state: 'starting' }, [{ level: 'ok', message: 'being opened' }]],
  [
    { state: 'open', url: URL, terminalUrl: URL, tokenExpiresAt: 0 },
    [{ level: 'ok', message: `open at ${URL}; its token is valid until 1970-01-01T00:00:00.000Z` }],
  ],
  [{ state: 'open', url: URL, lastError: 'no token' }, [{ level: 'warn', message: `${URL}: no token` }]],
  [
    { state: 'waiting', lastError: 'devtunnel is not logged in' },
    [{ level: 'warn', message: 'devtunnel is not logged in', advice: 'the server tries again by itself' }],
  ],
])('a tunnel: %j', (tunnel, findings) => {
  expect(tunnelFinding(tunnel)).toEqual(findings.map((one) => ({ check: 'tunnel', ...one }) as Finding));
});

const again = expect.stringMatching(/ask for a new code with: .* register$/) as string;

test.each<[Registration, Partial<Finding>[]]>([
  [{ state: 'off' }, []],
  [
    { state: 'waiting', dashboard },
    [{ level: 'ok', message: `waits for the tunnel, then registers with ${dashboard}` }],
  ],
  [{ state: 'asking', dashboard }, [{ level: 'ok', message: `${dashboard} is being asked` }]],
  [
    { state: 'asking', dashboard, lastError: 'away' },
    [{ level: 'warn', message: 'away', advice: 'the server tries again by itself' }],
  ],
  [
    { state: 'unconfirmed', dashboard, code: 'ABC-1234', enterAt: `${dashboard}/devboxes`, expiresAt: 0 },
    [
      {
        level: 'warn',
        message: `not confirmed yet by ${dashboard}`,
        advice: `enter the code ABC-1234 at ${dashboard}/devboxes, until 1970-01-01T00:00:00.000Z`,
      },
    ],
  ],
  [{ state: 'registered', dashboard }, [{ level: 'ok', message: `registered with ${dashboard}` }]],
  [
    { state: 'registered', dashboard, lastError: 'away' },
    [{ level: 'warn', message: `registered with ${dashboard}, which could not be told of a change: away` }],
  ],
  [{ state: 'failed', dashboard, lastError: 'HTTP 409' }, [{ level: 'warn', message: 'HTTP 409', advice: again }]],
  [{ state: 'expired', dashboard, lastError: 'too late' }, [{ level: 'warn', message: 'too late', advice: again }]],
])('a registration: %j', (registration, findings) => {
  expect(registrationFinding(registration)).toEqual(findings.map((one) => ({ check: 'dashboard', ...one }) as Finding));
});
