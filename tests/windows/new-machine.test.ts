/** The inherited `--tunnel --register` with the Windows executable and a `devtunnel` that is a batch file. */
import { expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Health } from '../../src/protocol/health.ts';
import { Rig } from '../support/rig.ts';
import { FakeDashboard } from '../tunnel/fake-dashboard.ts';
import { openExecutable } from './executable.ts';

/** Its arguments come in quotes, which `~` takes off. It keeps in a file which port was made first: that is the main one. */
const DEVTUNNEL = [
  '@echo off',
  'goto %~1',
  ':user',
  'echo Logged in as someone@example.com using Microsoft.',
  'exit /b 0',
  ':port',
  'if not exist "%FAKE_DEVTUNNEL%\\port" >"%FAKE_DEVTUNNEL%\\port" echo %~5',
  ':create',
  ':access',
  'exit /b 0',
  ':update',
  'echo Unrecognized command or argument %~3. 1>&2',
  'exit /b 1',
  ':token',
  'echo Token: eyJhbGciOiJub25lIn0.e30.x',
  'exit /b 0',
  ':host',
  'set /p PORT=<"%FAKE_DEVTUNNEL%\\port"',
  'echo Hosting port: %PORT%',
  'echo Connect via browser: https://%~2.euw.devtunnels.ms:%PORT%, https://%~2-%PORT%.euw.devtunnels.ms',
  'echo Ready to accept connections for tunnel: %~2',
  'ping -n 600 127.0.0.1 >nul',
  '',
].join('\r\n');

const door = await openExecutable('a new machine with the Windows executable');
if (door !== undefined)
  test('a new machine becomes known to its dashboard through the Windows executable', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-server-tunnel-'));
    const bin = join(folder, 'bin with blanks');
    mkdirSync(bin);
    writeFileSync(join(bin, 'devtunnel.cmd'), DEVTUNNEL);
    await using dashboard = new FakeDashboard();
    const env = { ...door.programsIn(bin), FAKE_DEVTUNNEL: door.nativePath(folder), AGENT_SERVER_TUNNEL: '1' };
    const rig = await Rig.start(door, { env, flags: { register: dashboard.url, name: 'box', 'tunnel-id': 'box-1' } });
    try {
      const registrationIs = (state: Health['registration']['state']) =>
        rig.waitFor(`the registration to be ${state}`, async () => {
          const health = await rig.get<Health>('/health');
          return health.registration.state === state ? health : undefined;
        });
      const { tunnel, registration } = await registrationIs('unconfirmed');
      const host = `box-1-${rig.port}.euw.devtunnels.ms`;
      expect(tunnel).toMatchObject({ state: 'open', url: `https://${host}` });
      expect(dashboard.sentTo('/api/register')).toMatchObject([{ name: 'box', tunnel_url: `https://${host}` }]);
      expect((await rig.request('/jobs', { headers: { host } })).status).toBe(200);
      expect(dashboard.enter(registration.code ?? '')).toBe(true);
      await registrationIs('registered');
    } finally {
      await rig[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
