/** The module of the package in a browser, as it is, on a page of the same origin as the server. */
import { expect, test } from 'bun:test';
import { inChromium } from '../../console/chromium.ts';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { Consumer, INSTALL_MS } from './consumer.ts';

/** What the page does with the module; a text, because it is not ours to compile. */
const program = (key: string) => `(async () => {
  const { Client, ClientError } = await import('/agent-server-client.js');
  const client = new Client({ url: location.origin, key: ${JSON.stringify(key)} });
  const { jobId } = await client.exec({ command: 'echo from the page; exit 4' });
  let text = '';
  for await (const event of client.follow(jobId)) if (event.type === 'stdout') text += event.text;
  const { exitCode } = await client.wait(jobId);
  const failure = await client.job('000000000000').catch((error) => error instanceof ClientError && error.failure);
  return { text, exitCode, failure };
})()`;

inChromium('the package of the client in Chromium', (open) => {
  test(
    'runs a command, follows it, and tells failures apart',
    async () => {
      using consumer = await Consumer.install();
      await using rig = await Rig.start(liveServer);
      using front = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        async fetch(request) {
          const { pathname, search } = new URL(request.url);
          if (pathname === '/') return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
          if (pathname === '/agent-server-client.js')
            return new Response(Bun.file(consumer.installed('agent-server-client.js')));
          // As a reverse proxy does: to the server it is its own origin.
          const headers = new Headers(request.headers);
          for (const name of ['host', 'origin']) headers.delete(name);
          const body = request.method === 'POST' ? await request.text() : undefined;
          return fetch(rig.url + pathname + search, {
            method: request.method,
            headers,
            ...(body !== undefined && { body }),
          });
        },
      });
      await using watched = await open(front.url.href);
      expect(await watched.page.evaluate(program(rig.key))).toEqual({
        text: 'from the page\n',
        exitCode: 4,
        failure: { reason: 'refused', status: 404, body: { error: 'job not found' } },
      });
    },
    INSTALL_MS,
  );
});
