/** Every route of the API has a call in the client, or a reason why not; and the client asks for nothing that is no route. */
import { expect, test } from 'bun:test';
import openapi from '../../openapi.json' with { type: 'json' };
import { Client } from '../../src/client/client.ts';

const LEFT_OUT: Readonly<Record<string, string>> = {
  'GET /healthz': 'two letters for load balancers; `health` says more',
  'GET /metrics': 'text that Prometheus scrapes',
  'GET /': 'a page for people',
  'GET /console/{file}': 'a part of that page',
  'GET /openapi': 'a page for people',
  'GET /openapi/{file}': 'a part of that page',
  'GET /openapi.json': 'what generators of other clients read',
  'GET /acp': 'for clients of the Agent Client Protocol, which has its own',
  'POST /acp': 'for clients of the Agent Client Protocol, which has its own',
  'DELETE /acp': 'for clients of the Agent Client Protocol, which has its own',
  'GET /acp/{agent}': 'for clients of the Agent Client Protocol, which has its own',
  'POST /acp/{agent}': 'for clients of the Agent Client Protocol, which has its own',
  'DELETE /acp/{agent}': 'for clients of the Agent Client Protocol, which has its own',
  'GET /acp/ws': 'for clients of the Agent Client Protocol, which has its own',
  'GET /acp/{agent}/ws': 'for clients of the Agent Client Protocol, which has its own',
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['', '/{path}'].map((path) => [`${method} /ports/{port}${path}`, 'whatever listens there has its own clients']),
    ),
  ),
};

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
const ROUTES = Object.entries<object>(openapi.paths).flatMap(([path, operations]) =>
  Object.keys(operations)
    .filter((method) => METHODS.has(method))
    .map((method) => `${method.toUpperCase()} ${path}`),
);

/** One call for each method of the client that asks something of its own. */
const CALLS: readonly ((client: Client) => unknown)[] = [
  (c) => c.health(),
  (c) => c.exec({ command: 'true' }),
  (c) => c.jobs(),
  (c) => c.job('id'),
  (c) => c.wait('id'),
  (c) => c.follow('id').next(),
  (c) => c.output('id', 'stdout').next(),
  (c) => c.timeline('id'),
  (c) => c.input('id', { data: 'x' }),
  (c) => c.inputBytes('id', new Uint8Array([1]), true),
  (c) => c.nudge('id'),
  (c) => c.signal('id', { signal: 'SIGINT' }),
  (c) => c.cancel('id'),
  (c) => c.sessions(),
  (c) => c.session('a/b'),
  (c) => c.deleteSession('a/b'),
  (c) => c.terminals.open({}),
  (c) => c.terminals.list(),
  (c) => c.terminals.get('id'),
  (c) => c.terminals.delete('id'),
  (c) => c.terminals.input('id', 'x'),
  (c) => c.terminals.resize('id', { cols: 80, rows: 24 }),
  (c) => c.terminals.output('id'),
  (c) => c.terminals.screen('id'),
  (c) => c.terminals.execute('id', { command: 'true' }),
  (c) => c.agents.known(),
  (c) => c.agents.open({}),
  (c) => c.agents.list(),
  (c) => c.agents.get('id'),
  (c) => c.agents.close('id'),
  (c) => c.agents.prompt('id', { text: 'x' }),
  (c) => c.agents.cancel('id'),
  (c) => c.agents.raw('id', { method: 'x' }),
  (c) => c.agents.setMode('id', 'x'),
  (c) => c.agents.setModel('id', 'x'),
  (c) => c.agents.setConfig('id', 'x', 'y'),
  (c) => c.agents.permissions('id'),
  (c) => c.agents.answer('id', 'p', { optionId: 'x' }),
  (c) => c.agents.log('id'),
  (c) => c.agents.follow('id').next(),
  (c) => c.keys.list(),
  (c) => c.keys.add({ name: 'x', scopes: ['observe'] }),
  (c) => c.keys.rotate('id'),
  (c) => c.keys.delete('id'),
  (c) => c.registration.get(),
  (c) => c.registration.requestCode(),
  (c) => c.update.get(),
  (c) => c.update.start(),
  (c) => c.update.check(),
  (c) => c.update.cancel(),
  (c) => c.system.get(),
  (c) => c.system.follow().next(),
  (c) => c.files.list('/x'),
  (c) => c.files.read('/x'),
  (c) => c.files.search({ path: '/x', text: 'x' }).next(),
  (c) => c.files.stat('/x'),
  (c) => c.files.statMany(['/x']),
  (c) => c.files.readMany([{ path: '/x' }]),
  (c) => c.files.edit('/x', { edits: [{ old: 'a', new: 'b' }] }),
  (c) => c.files.writeMany([{ path: '/x', text: '' }]),
  (c) => c.files.write('/x', 'x'),
  (c) => c.files.append('/x', 'x'),
  (c) => c.files.mkdir('/x'),
  (c) => c.files.delete('/x'),
  (c) => c.files.move('/x', '/y'),
  (c) => c.files.copy('/x', '/y'),
  (c) => c.files.archive('/x'),
  (c) => c.files.archiveOf({ path: '/x', names: ['a'] }),
  (c) => c.files.unpack('/x', 'x'),
  (c) => c.files.uploads.create('/x', { size: 1 }),
  (c) => c.files.uploads.get('id'),
  (c) => c.files.uploads.append('id', 0, 'x'),
  (c) => c.files.uploads.finish('id'),
  (c) => c.files.uploads.drop('id'),
  (c) => c.files.watch('/x').next(),
  (c) => c.processes.list(),
  (c) => c.processes.get(1),
  (c) => c.processes.signal(1, { signal: 'SIGTERM', startTime: 'x' }),
  (c) => c.ports.list(),
  (c) => c.ports.follow().next(),
  (c) => c.audit.page(),
  (c) => c.audit.follow(0).next(),
  // Last: it is answered, and what fails after an answer is tried again for a while.
  (c) => c.ports.entry(3000),
];

/** The route that a request belongs to; where several fit, the one with the fewest parameters. */
function routeOf(request: string): string {
  const parts = request.split('/');
  const fitting = ROUTES.filter((route) => {
    const wanted = route.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
  });
  const parameters = (route: string) => route.split('{').length;
  return fitting.toSorted((a, b) => parameters(a) - parameters(b))[0] ?? `no route: ${request}`;
}

test('every route has a call in the client, or a reason why not', async () => {
  const asked = new Set<string>();
  const opened = Promise.withResolvers<void>();
  const client = new Client({
    url: 'http://elsewhere.example',
    key: 'any',
    async fetch(url, { method = '' }) {
      const { pathname } = new URL(url);
      asked.add(routeOf(`${method} ${pathname}`));
      if (pathname === '/tickets') return Response.json({ ticket: 'x' });
      throw new Error('only what is asked for matters');
    },
    webSocket(url) {
      asked.add(routeOf(`GET ${new URL(url).pathname}`));
      opened.resolve();
      return { readyState: 0, send() {}, close() {}, addEventListener() {} };
    },
  });
  for (const call of CALLS) await Promise.resolve(call(client)).catch(() => undefined);
  const link = client.terminals.attach('id', { listener: { attached() {}, output() {} } });
  await opened.promise;
  link.detach();
  expect([...asked, ...Object.keys(LEFT_OUT)].toSorted()).toEqual(ROUTES.toSorted());
});
