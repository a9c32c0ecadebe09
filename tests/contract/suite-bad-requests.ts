/** 1.9 and 2: paths, methods and parameters that are none. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { Door } from '../support/doors.ts';
import { openApiPath } from '../support/openapi-text.ts';
import { sharedRig } from './shared-rig.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

export function badRequestsSuite(door: Door): void {
  describe('1.9 and 2: bad paths, methods and parameters', () => {
    const rig = sharedRig(door);

    test.each([
      '/job',
      '/console/nothing.js',
      '/jobs/a/b/c',
      '/exec/x',
      '/jobs//output',
      '/.env',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/%zz/%ff',
    ])('unknown route %s: 404', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 404, body: { error: 'not found' } });
    });

    test.each([
      ['PUT', '/exec', 'POST'],
      ['GET', '/exec', 'POST'],
      ['DELETE', '/exec', 'POST'],
      ['PATCH', '/exec', 'POST'],
      ['OPTIONS', '/exec', 'POST'],
      ['POST', '/health', 'GET'],
      ['POST', '/jobs', 'GET'],
      ['DELETE', '/jobs/0123456789ab', 'GET'],
      ['GET', '/jobs/0123456789ab/nudge', 'POST'],
      ['GET', '/jobs/0123456789ab/cancel', 'POST'],
      ['GET', '/jobs/0123456789ab/input', 'POST'],
      ['POST', '/jobs/0123456789ab/output', 'GET'],
    ])('%s %s: 405, and the methods it has', async (method, path, allow) => {
      const { status, body, headers } = await rig().ask(path, { method });
      expect({ status, body }).toEqual({ status: 405, body: { error: expect.any(String) } });
      expect(headers.get('allow')).toContain(allow);
    });

    test.each([
      '/jobs?limit=1,x',
      '/jobs?limit=1%2C2',
      '/jobs?limit=%5B1%5D',
      '/jobs?limit=%5B%221%22%5D',
      '/jobs?limit=%7B%22a%22:1%7D',
      '/jobs?status=running,x',
      '/jobs?status=%5B%22running%22%5D',
      '/jobs?before=%7B%7D',
      '/jobs/ffffffffffff?tailLines=1,2',
      '/jobs/ffffffffffff?wait=0,x',
      '/jobs/ffffffffffff/output?stream=%5B%22stderr%22%5D',
      '/jobs/ffffffffffff/events?since=1,2',
      '/terminals/ffffffffffff/output?since=%5B1%5D',
    ])('%s: a list or a document is no parameter: 400', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test('of a parameter that is given twice the first counts', async () => {
      expect((await rig().ask('/jobs?limit=1&limit=x')).status).toBe(200);
      expect((await rig().ask('/jobs?limit=x&limit=1')).status).toBe(400);
    });

    test('no route of files takes a parameter that it does not have', async () => {
      const { paths } = JSON.parse(readFileSync(openApiPath, 'utf8')) as { paths: Record<string, object> };
      const routes = Object.entries(paths).flatMap(([path, operations]) =>
        path.startsWith('/files') ? Object.keys(operations).map((method) => [method.toUpperCase(), path] as const) : [],
      );
      expect(routes.length).toBeGreaterThan(20);
      for (const [method, path] of routes) {
        const asked = `${path.replace('{id}', 'ffffffffffff')}?owerwrite=1`;
        const { status, body } = await rig().ask(asked, { method, ...(method !== 'GET' && { json: {} }) });
        expect([method, path, status, body]).toEqual([
          method,
          path,
          400,
          { error: 'there is no parameter "owerwrite"' },
        ]);
      }
    });

    test('what is not there is 404, whatever the body is', async () => {
      for (const [path, error] of [
        ['/jobs/ffffffffffff/input', 'job not found'],
        ['/terminals/ffffffffffff/input', 'terminal not found'],
        ['/terminals/ffffffffffff/resize', 'terminal not found'],
        ['/terminals/ffffffffffff/execute', 'terminal not found'],
      ] as const) {
        for (const request of [{ body: '{' }, { body: '[]', headers: JSON_TYPE }, { json: {} }, { method: 'POST' }]) {
          const { status, body } = await rig().ask(path, request);
          expect({ path, request, status, body }).toEqual({ path, request, status: 404, body: { error } });
        }
      }
    });

    test('HEAD is GET without the body, and never an error of ours', async () => {
      for (const [path, allowed] of [
        ['/health', [200]],
        ['/jobs', [200]],
        ['/exec', [405]],
        ['/nothing', [404]],
        ['/jobs/ffffffffffff', [404]],
        ['/system/events', [200]],
        ['/ports/events', [200]],
        [`/files/watch?path=${encodeURIComponent(door.nativePath(rig().place.cwd))}`, [200]],
      ] as const) {
        const response = await rig().request(path, { method: 'HEAD' });
        expect({ path, status: response.status }).toEqual({ path, status: allowed[0] });
      }
    });

    test.each([
      '%zz',
      '%',
      '%ff',
      '%00',
      '..%2f..%2fetc%2fpasswd',
      '..%5c..%5cwindows',
      '%2e%2e/nothing',
      'a'.repeat(10_000),
      'ABCDEF012345',
      '0123456789ab%00',
      '*',
      "'; DROP TABLE jobs; --",
      '__proto__',
      'constructor',
    ])('job id %s: 404', async (id) => {
      for (const path of [`/jobs/${id}`, `/jobs/${id}/output`, `/jobs/${id}/events`]) {
        const { status, body } = await rig().ask(path);
        // `%2e%2e` is one folder up for a URL parser, and there is nothing there either.
        expect([404, 200]).toContain(status);
        if (status === 200) expect(new URL(path, 'http://localhost').pathname).not.toBe(path);
        else expect(body).toEqual({ error: expect.stringMatching(/^(job )?not found$/) });
      }
      for (const action of ['nudge', 'cancel', 'input']) {
        expect((await rig().ask(`/jobs/${id}/${action}`, { json: {} })).status).toBe(404);
      }
    });

    test.each([
      '/jobs?limit=0',
      '/jobs?limit=-1',
      '/jobs?limit=1.5',
      '/jobs?limit=abc',
      '/jobs?limit=',
      '/jobs?limit=1e3',
      '/jobs?limit=101',
      '/jobs?status=done',
      '/jobs?status=',
      '/jobs?cancelled=',
      '/jobs?cancelled=1',
      '/jobs?before=nothing',
      '/jobs?before=ffffffffffff',
      '/jobs?before=',
      '/jobs?tailLines=-1',
      '/jobs?tailLines=x',
    ])('%s: 400', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test.each([
      'wait=31',
      'wait=-1',
      'wait=abc',
      'wait=',
      'wait=1e1',
      'wait=Infinity',
      'wait=NaN',
      'tailLines=-1',
      'tailLines=1.5',
      'tailLines=',
      'tailLines=99999999999999999999',
    ])('GET /jobs/{id}?%s: 400', async (query) => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      const { status, body } = await rig().ask(`/jobs/${jobId}?${query}`);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test('parameters of output and events that are wrong: 400', async () => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      for (const path of ['output?stream=stdlog', 'output?stream=', 'events?since=x', 'events?since=-1']) {
        expect({ path, status: (await rig().ask(`/jobs/${jobId}/${path}`)).status }).toEqual({ path, status: 400 });
      }
      for (const last of ['x', '-1', '1.5', '1 2']) {
        expect({
          last,
          status: (await rig().ask(`/jobs/${jobId}/events`, { headers: { 'last-event-id': last } })).status,
        }).toEqual({ last, status: 400 });
      }
    });
  });
}
