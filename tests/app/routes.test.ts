/** Every route of a server says in one place what it takes, gives, and who may use it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { openApp, type App } from '../../src/app/app.ts';
import { silentLog } from '../../src/core/log.ts';
import { SCOPES } from '../../src/http/caller.ts';
import { allAnswers, statementsOf, type RouteStatement } from '../../src/http/openapi/document.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { Sandbox } from '../support/sandbox.ts';

let box: Sandbox;
let app: App;
beforeAll(async () => {
  box = new Sandbox();
  const env = { HOME: box.path, LOCALAPPDATA: box.path };
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

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const isStated = (access: unknown): boolean =>
  [access].flat().every((one) => (SCOPES as readonly unknown[]).includes(one)) && [access].flat().length > 0;

/** What a statement lacks. */
function lacking({ path, hooks }: RouteStatement): string[] {
  const { access, detail, response = {}, params } = hooks;
  const success = Object.keys(response).filter((status) => Number(status) < 400 || status === '426');
  const stated = Object.keys(params?.schema.properties ?? {});
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
  return [
    ...(access === 'open' || isStated(access) ? [] : ['access']),
    ...(isText(detail?.summary) && isText(detail?.operationId) && isText(detail?.tags?.[0]) ? [] : ['words']),
    ...(success.length > 0 ? [] : ['an answer that is a success']),
    ...Object.entries(allAnswers(hooks)).flatMap(([status, one]) =>
      isText(one.description) ? [] : [`words for ${status}`],
    ),
    ...inPath.filter((name) => !stated.includes(name)).map((name) => `the parameter ${name}`),
  ];
}

test('no route lacks access, words, answers or parameters', () => {
  const statements = statementsOf(app.http);
  expect(statements.length).toBeGreaterThan(25);
  const faults = statements.map((one) => `${one.method} ${one.path}: ${lacking(one).join(', ')}`);
  expect(faults.filter((fault) => !fault.endsWith(': '))).toEqual([]);
  const ids = statements.map(({ hooks }) => hooks.detail?.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('and one that does is found', () => {
  const good = (): RouteStatement => {
    const one = statementsOf(app.http).find(({ path }) => path === '/jobs/:id');
    if (one === undefined) throw new Error('there is no such route');
    return one;
  };
  const without = (hook: keyof RouteStatement['hooks']): RouteStatement => {
    const { method, path, hooks } = good();
    return { method, path, hooks: { ...hooks, [hook]: undefined } };
  };
  test.each([
    ['access', 'access'],
    ['detail', 'words'],
    ['response', 'an answer that is a success'],
    ['params', 'the parameter id'],
  ] as const)('without %s', (hook, lack) => {
    expect(lacking(good())).toEqual([]);
    expect(lacking(without(hook))).toContain(lack);
  });
});

/** contract.md 3, and the rows of the API that stand. */
const ACCESS: Readonly<Record<string, string | readonly string[]>> = {
  'GET /': 'open',
  'GET /console/:file': 'open',
  'GET /openapi': 'open',
  'GET /openapi/:file': 'open',
  'GET /openapi.json': 'open',
  'GET /healthz': 'open',
  'GET /health': 'open',
  // Mode acp needs `agents`, every other one `run`.
  'POST /exec': ['run', 'agents'],
  'GET /files/list': 'files:read',
  'POST /files/search': 'files:read',
  'GET /jobs': 'observe',
  'GET /jobs/:id': 'observe',
  'GET /jobs/:id/output': 'observe',
  'GET /jobs/:id/timeline': 'observe',
  'GET /jobs/:id/events': 'observe',
  'POST /jobs/:id/nudge': 'run',
  'POST /jobs/:id/input': 'run',
  'POST /jobs/:id/signal': 'run',
  'POST /jobs/:id/cancel': 'run',
  'GET /sessions': 'observe',
  'GET /sessions/:key': 'observe',
  'DELETE /sessions/:key': 'run',
  'GET /terminals': 'observe',
  'GET /terminals/:id': 'observe',
  'GET /terminals/:id/output': 'observe',
  'GET /terminals/:id/screen': 'observe',
  'GET /terminal': 'observe',
  'POST /terminals': 'run',
  'POST /terminals/:id/input': 'run',
  'POST /terminals/:id/resize': 'run',
  'POST /terminals/:id/execute': 'run',
  'DELETE /terminals/:id': 'run',
  'GET /agents': 'observe',
  'GET /agents/sessions': 'observe',
  'GET /agents/sessions/:id': 'observe',
  'GET /agents/sessions/:id/events': 'observe',
  'GET /agents/sessions/:id/permissions': 'observe',
  'POST /agents/sessions': 'agents',
  'DELETE /acp': 'agents',
  'GET /acp': 'agents',
  'POST /acp': 'agents',
  'DELETE /acp/:agent': 'agents',
  'GET /acp/:agent': 'agents',
  'POST /acp/:agent': 'agents',
  'GET /acp/ws': 'agents',
  'GET /acp/:agent/ws': 'agents',
  'DELETE /agents/sessions/:id': 'agents',
  'POST /agents/sessions/:id/prompt': 'agents',
  'POST /agents/sessions/:id/cancel': 'agents',
  'POST /agents/sessions/:id/mode': 'agents',
  'POST /agents/sessions/:id/model': 'agents',
  'POST /agents/sessions/:id/config': 'agents',
  'POST /agents/sessions/:id/raw': 'agents',
  'POST /agents/sessions/:id/permissions/:permission': 'agents',
  'PUT /files': 'files:write',
  'DELETE /files': 'files:write',
  'POST /files/append': 'files:write',
  'POST /files/mkdir': 'files:write',
  'POST /files/move': 'files:write',
  'POST /files/copy': 'files:write',
  'GET /files/archive': 'files:read',
  'POST /files/archive': 'files:read',
  'PUT /files/archive': 'files:write',
  'POST /files/uploads': 'files:write',
  'GET /files/uploads/:id': 'files:write',
  'PATCH /files/uploads/:id': 'files:write',
  'POST /files/uploads/:id/finish': 'files:write',
  'DELETE /files/uploads/:id': 'files:write',
  'GET /files': 'files:read',
  'GET /files/watch': 'files:read',
  'GET /files/stat': 'files:read',
  'POST /files/stat': 'files:read',
  'POST /files/read': 'files:read',
  'PATCH /files': 'files:write',
  'POST /files/write': 'files:write',
  'GET /processes': 'observe',
  'GET /processes/:pid': 'observe',
  'POST /processes/:pid/signal': 'run',
  'GET /ports': 'observe',
  'GET /ports/events': 'observe',
  'ALL /ports/:port': 'ports',
  'ALL /ports/:port/*': 'ports',
  'POST /tickets': ['observe', 'ports'],
  'GET /system': 'observe',
  'GET /system/events': 'observe',
  'GET /metrics': 'observe',
  'GET /audit': 'admin',
  'GET /registration': 'observe',
  'POST /registration': 'admin',
  'GET /keys': 'admin',
  'POST /keys': 'admin',
  'POST /keys/:id/rotate': 'admin',
  'DELETE /keys/:id': 'admin',
  'GET /update': 'observe',
  'POST /update': 'admin',
  'DELETE /update': 'admin',
};

test('each route is for whom the contract says', () => {
  const stated = statementsOf(app.http).map(({ method, path, hooks }) => [`${method} ${path}`, hooks.access]);
  expect(Object.fromEntries(stated)).toEqual(ACCESS);
});

test('each route that sends or receives files of any size counts among the transfers', () => {
  const counted = statementsOf(app.http).filter(({ hooks }) => hooks.transfer === true);
  expect(counted.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    'GET /files',
    'GET /files/archive',
    'PATCH /files/uploads/:id',
    'POST /files/append',
    'POST /files/archive',
    'POST /files/uploads/:id/finish',
    'PUT /files',
    'PUT /files/archive',
  ]);
});
