/** A server that is about to go down takes no work, and says when to come back. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { openApp, type App } from '../../src/app/app.ts';
import { silentLog } from '../../src/core/log.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { Sandbox } from '../support/sandbox.ts';

const box = new Sandbox();
let app: App;

beforeAll(async () => {
  const env = { HOME: box.path, PATH: process.env['PATH'] };
  const config = loadConfig({ 'data-dir': box.file('data') }, env, box.path);
  if (!config.ok) throw new Error(config.failure.message);
  const opened = await openApp(config.value, env, silentLog);
  if (!opened.ok) throw new Error(opened.failure.reason);
  app = opened.value;
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  box[Symbol.dispose]();
});

async function post(path: string, body: unknown): Promise<Response> {
  const answer = await app.gateway.fetch(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { host: 'localhost', 'x-api-key': app.key.value, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

const WORK = [
  ['/exec', { command: 'true' }],
  ['/exec', { mode: 'persistent_shell', shell: 'sh', sessionKey: 'x', command: 'true' }],
  ['/terminals', { shell: 'sh' }],
] as const;

test.each(WORK)('POST %s is refused with 503 and Retry-After while it drains', async (path, body) => {
  app.drain();
  const answer = await post(path, body);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.json()).toEqual({ error: 'the server is shutting down' });
  expect(app.activity()).toEqual([]);
});
