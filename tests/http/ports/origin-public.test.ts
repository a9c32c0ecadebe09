/** Ports under the name of --ports-host, which a proxy with https stands in front of. */
import { expect, test } from 'bun:test';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { head, sendRaw } from '../../support/rig-raw.ts';

const echo = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ headers }) => Response.json({ headers: Object.fromEntries(headers) }),
  });

test('over https the cookie is one of that very host; Origin is the public one, whatever the proxy makes of Host', async () => {
  await using rig = await Rig.start(liveServer, { flags: { 'ports-host': 'https://ports.example.test:8443' } });
  using target = echo();
  const port = target.port ?? 0;
  const { url } = await rig.post<{ url: string }>('/tickets', { port });
  const { origin, host, pathname, search } = new URL(url);
  expect(origin).toBe(`https://p${port}.ports.example.test:8443`);
  const ask = (name: string, target_: string, ...lines: string[]) =>
    sendRaw(rig.port, head('GET', target_, `Host: ${name}`, ...lines));
  const entered = await ask(host, pathname + search);
  expect(entered.head).toMatch(
    /^set-cookie: __Host-agent-server-port=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax; Secure\r?$/im,
  );
  const [, value = ''] = /__Host-agent-server-port=([\w-]{43})/.exec(entered.head) ?? [];
  const cookie = `Cookie: __Host-agent-server-port=${value}`;
  const [withoutPort = ''] = host.split(':');
  for (const name of [host, withoutPort]) {
    const answer = await ask(name, '/', cookie, `Origin: ${origin}`, `Referer: ${origin}/x`);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`"x-forwarded-proto":"https"`);
    expect(answer.body).toContain(`"x-forwarded-host":"${host}"`);
    expect(answer.body).toContain(`"origin":"http://localhost:${port}"`);
    expect(answer.body).toContain(`"referer":"http://localhost:${port}/x"`);
    expect(answer.body).not.toContain(value);
    expect((await ask(name, '/', cookie, `Origin: http://${host}`)).status).toBe(403);
  }
  // Without the prefix, a page of a sibling could have set it.
  expect((await ask(host, '/', `Cookie: agent-server-port=${value}`)).status).toBe(401);
  for (const name of [`p${port}.localhost:${rig.port}`, `p1.ports.example.test:8443`])
    expect((await ask(name, '/', cookie)).status).toBe(401);
  expect((await ask('ports.example.test', '/healthz')).status).toBe(403);
});

test('without one, whoever asks under a name that is not loopback’s gets no ticket', async () => {
  await using rig = await Rig.start(liveServer, { flags: { 'allow-host': 'box.example.test' } });
  const body = '{"port":3000}';
  const refused = await sendRaw(
    rig.port,
    `${head('POST', '/tickets', 'Host: box.example.test', `X-API-Key: ${rig.key}`, `Content-Length: ${body.length}`)}${body}`,
  );
  expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('--ports-host')]);
});

test('--ports-keep-host leaves Host as it came; nobody listens: 502', async () => {
  await using rig = await Rig.start(liveServer, { env: { AGENT_SERVER_PORTS_KEEP_HOST: 'true' } });
  using target = echo();
  const { port } = target;
  const { url } = await rig.post<{ url: string }>('/tickets', { port });
  const { host, pathname, search } = new URL(url);
  const entered = await sendRaw(rig.port, head('GET', pathname + search, `Host: ${host}`));
  const [, cookie = ''] = /^set-cookie: ([^;]*)/im.exec(entered.head) ?? [];
  const answer = await sendRaw(rig.port, head('GET', '/', `Host: ${host}`, `Cookie: ${cookie}`));
  expect(answer.body).toContain(`"host":"${host}"`);
  expect(answer.body).not.toContain(cookie);
  await target.stop(true);
  const nobody = await sendRaw(rig.port, head('GET', '/', `Host: ${host}`, `Cookie: ${cookie}`));
  expect([nobody.status, nobody.body]).toEqual([502, `{"error":"nothing listens on port ${port}"}`]);
});
