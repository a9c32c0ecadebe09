/** The verb `open`. */
import { expect, test } from 'bun:test';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

test('prints an address that lets one browser in, with or without a desktop', async () => {
  await using world = await World.start();
  using target = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('the app') });
  const port = String(target.port);
  const { stdout, stderr, code } = await world.cli(['open', port, '--print']);
  expect([code, stderr]).toEqual([0, '']);
  const address = new URL(stdout.trim());
  expect(address.hostname).toBe(`p${port}.localhost`);
  const enter = () =>
    fetch(`http://127.0.0.1:${address.port}${address.pathname}${address.search}`, {
      headers: { host: address.host },
      redirect: 'manual',
    });
  expect((await enter()).status).toBe(303);
  expect((await enter()).status).toBe(403);

  expect((await world.cli(['open', port])).stderr).toContain('There is no desktop here');
  const [json] = jsonLines((await world.cli(['open', port, '--json'])).stdout) as { url: string }[];
  expect(json?.url).toStartWith(`http://p${port}.localhost:`);
});

test('a port that is none: 2; one that the key may not reach: 1', async () => {
  for (const port of ['0', '65536', 'x', '1.5', '']) expect((await runInProcess('open', port)).code).toBe(2);
  await using world = await World.start();
  const own = new URL(world.url).port;
  expect(await world.cli(['open', own])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('this server’s own'),
  });
});
