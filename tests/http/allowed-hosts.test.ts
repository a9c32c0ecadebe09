/** `--allow-host` opens the names it lists, and nothing beside them. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(inProcess, { flags: { 'allow-host': 'Dash.Example, tunnel.example' } });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const status = async (host: string, origin?: string): Promise<number> =>
  (await rig.ask('/jobs', { headers: { host, ...(origin !== undefined && { origin }) } })).status;

test('a listed name is ours, in any letter case and on any port', async () => {
  for (const host of ['dash.example', 'DASH.example', 'dash.example:443', 'tunnel.example:8585', 'localhost']) {
    expect({ host, status: await status(host) }).toEqual({ host, status: 200 });
  }
});

test('a name around a listed one is not', async () => {
  for (const host of [
    'example',
    'x.dash.example',
    'dash.example.evil.example',
    'dash-example',
    'dash.examplex',
    'dash.example.',
  ]) {
    expect({ host, status: await status(host) }).toEqual({ host, status: 403 });
  }
});

test('a page of a listed name may ask, also where a proxy made Host localhost', async () => {
  expect(await status('dash.example', 'https://dash.example')).toBe(200);
  expect(await status('localhost:8585', 'https://dash.example')).toBe(200);
  expect(await status('dash.example', 'https://tunnel.example')).toBe(200);
});

test('a page of this machine may not, whatever the Host', async () => {
  for (const origin of [
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'null',
    'https://evil.example',
    'ftp://dash.example',
  ]) {
    expect({ origin, status: await status('dash.example', origin) }).toEqual({ origin, status: 403 });
    expect({ origin, status: await status('localhost:8585', origin) }).toEqual({ origin, status: 403 });
  }
});

test('the key is still needed', async () => {
  expect((await rig.ask('/jobs', { key: null, headers: { host: 'dash.example' } })).status).toBe(401);
});
