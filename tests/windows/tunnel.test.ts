/** A devtunnel behind a batch file on Windows: it is found, answers, hosts, and ends with all that it has started. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, writeFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { labMissing } from '../support/wine.ts';
import { World, type Driver } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/tunnel.test.ts skipped: ${missing}`);

const TOKEN = `eyJhbGciOiJub25lIn0.${Buffer.from('{"exp":4102444800}').toString('base64url')}.x`;

/** The words of the real one (tests/fixtures/devtunnel.ts has more of them). */
const devtunnel = (login: string): string =>
  [
    '@echo off',
    'goto %1',
    ':user',
    `echo ${login}`,
    'exit /b 0',
    ':create',
    'echo Tunnel service error: Conflict with existing entity. Tunnel %2 already exists.',
    'exit /b 1',
    ':port',
    ':access',
    'exit /b 0',
    ':update',
    'echo Unrecognized command or argument %3. 1>&2',
    'exit /b 1',
    ':token',
    'echo Token tunnel ID: %2.euw',
    `echo Token: ${TOKEN}`,
    'exit /b 0',
    ':host',
    'echo Hosting port: 8585',
    'echo Connect via browser: https://fake.euw.devtunnels.ms:8585, https://fake-8585.euw.devtunnels.ms',
    'echo Inspect network activity: https://fake-8585-inspect.euw.devtunnels.ms',
    'echo Ready to accept connections for tunnel: %2',
    'ping -n 600 127.0.0.1 >nul',
    '',
  ].join('\r\n');

describe.skipIf(missing !== undefined)('a tunnel on Windows', () => {
  let world: World;
  let driver: Driver;
  let bin: string;
  beforeAll(async () => {
    world = await World.open();
    driver = await world.driver();
    bin = world.makeFolder('bin with blanks');
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  async function tunnel(login: string) {
    writeFileSync(world.host(win32.join(bin, 'devtunnel.cmd')), devtunnel(login));
    const root = win32.join(world.folder.native, 'tunnel');
    const env = { SystemRoot: 'C:\\windows', Path: `${bin};C:\\windows\\system32` };
    return { status: await driver.call('tunnel', env, root), left: readdirSync(world.host(root)) };
  }

  test('stands, and leaves nothing behind', async () => {
    const before = (await world.lab.list()).map(({ pid }) => pid);
    const { status, left } = await tunnel('Logged in as someone@example.com using Microsoft.');
    expect(status).toMatchObject({
      state: 'open',
      urls: { url: 'https://fake-8585.euw.devtunnels.ms', terminalUrl: 'https://fake-8586.euw.devtunnels.ms' },
      token: TOKEN,
      tokenExpiresAt: 4_102_444_800_000,
    });
    expect(left).toEqual([]);
    const remaining = (await world.lab.list()).filter(
      ({ pid, name }) => !before.includes(pid) && /^(?:cmd|ping)\b/i.test(name),
    );
    expect(remaining).toEqual([]);
  }, 120_000);

  test('says what to do where nobody is logged in', async () => {
    const { status } = await tunnel('Not logged in.');
    expect(status).toMatchObject({ state: 'waiting', lastError: expect.stringContaining('devtunnel user login') });
  }, 120_000);
});
