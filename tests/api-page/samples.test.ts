/**
 * The samples of the API page, as they are pasted: each kind runs against a live server, with the key and the ids in
 * the environment, through one story of a job.
 */
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import Schema from 'typebox/schema';
import { sampleRequest, type DescribedApi } from '../../src/api-page/page/samples/sample-request.ts';
import { withSamples, type Sample } from '../../src/api-page/page/samples/samples.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { currentOpenApi } from '../support/openapi-text.ts';
import type { Rig } from '../support/rig.ts';

type Language = 'curl' | 'PowerShell' | 'JavaScript' | 'Python';
type Sampled = Readonly<Record<string, Readonly<Record<string, { readonly 'x-codeSamples': readonly Sample[] }>>>>;

/** What runs a sample of that language from a file with this ending. */
const RUNNERS: Readonly<Record<Language, { readonly program: string | undefined; readonly ending: string }>> = {
  curl: { program: Bun.which('curl') === null ? undefined : (Bun.which('sh') ?? undefined), ending: 'sh' },
  PowerShell: { program: process.env['AGENT_SERVER_TEST_PWSH'] ?? Bun.which('pwsh') ?? undefined, ending: 'ps1' },
  JavaScript: { program: Bun.which('node') ?? undefined, ending: 'mjs' },
  Python: { program: Bun.which('python3') ?? undefined, ending: 'py' },
};
const ARGUMENTS: Partial<Readonly<Record<Language, readonly string[]>>> = {
  PowerShell: ['-NoProfile', '-NonInteractive', '-File'],
};

const sampledOf = async (rig: Rig): Promise<Sampled> => {
  const { body } = await rig.ask('/openapi.json', { key: null });
  return withSamples(body as DescribedApi, rig.url).paths as unknown as Sampled;
};

describe.each(Object.entries(RUNNERS))('samples for %s', (language, { program, ending }) => {
  if (program === undefined) {
    process.stdout.write(`samples for ${language}: skipped, what runs them is not on this machine\n`);
    test.skip('work as they are pasted', () => {});
    return;
  }
  const rig = sharedRig(liveServer);

  async function paste(method: string, path: string, ids: Readonly<Record<string, string>> = {}) {
    const { source } =
      (await sampledOf(rig()))[path]?.[method]?.['x-codeSamples'].find(({ label }) => label === language) ?? {};
    if (source === undefined) throw new Error(`${method} ${path} has no sample for ${language}`);
    const file = rig().path(`sample-${crypto.randomUUID()}.${ending}`);
    writeFileSync(file, source);
    const child = Bun.spawn([program ?? '', ...(ARGUMENTS[language as Language] ?? []), file], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: {
        PATH: `${dirname(program ?? '')}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: rig().path('.'),
        agent_runtime_API_KEY: rig().key,
        ...ids,
      },
    });
    const [said, trouble] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, said, trouble };
  }

  async function run(method: string, path: string, ids: Readonly<Record<string, string>> = {}): Promise<string> {
    const { said, ...end } = await paste(method, path, ids);
    expect(end).toEqual({ code: 0, trouble: '' });
    return said;
  }

  test('work as they are pasted', async () => {
    expect(await run('get', '/healthz')).toMatch(/^ok\s*$/);

    const accepted = await run('post', '/exec');
    const [first = ''] = /[0-9a-f]{12}/.exec(accepted) ?? [];
    expect(await rig().finished(first)).toMatchObject({ command: 'echo hi', stdout: 'hi\n' });

    const JOB_ID = await rig().exec('cat');
    await rig().running(JOB_ID);
    expect(await run('post', '/jobs/{id}/input', { JOB_ID })).toMatch(/accepted.*true/is);
    await rig().printed(JOB_ID, 'yes\n');
    expect(await run('post', '/jobs/{id}/cancel', { JOB_ID })).toMatch(/cancelled.*true/is);
    await rig().finished(JOB_ID);
    expect(await run('get', '/jobs/{id}', { JOB_ID })).toContain(JOB_ID);
    expect(await run('get', '/jobs/{id}/output', { JOB_ID })).toMatch(/^yes\r?\n/);
    expect(await run('get', '/jobs/{id}/events', { JOB_ID })).toMatch(/event: stdout[^]*yes[^]*event: end/);

    await rig().run('true', { mode: 'persistent_shell', shell: 'sh', sessionKey: 'a' });
    expect(await run('delete', '/sessions/{key}', { SESSION_KEY: 'a' })).toMatch(/deleted.*true/is);
  }, 120_000);

  test('show a refusal', async () => {
    const { said, trouble } = await paste('get', '/jobs/{id}', { JOB_ID: '000000000000' });
    expect(said + trouble).toMatch(/404|job not found/);
  });
});

test('every operation but the sockets has a sample in each language', async () => {
  const api = await currentOpenApi();
  const sampled = withSamples(api as unknown as DescribedApi, 'http://127.0.0.1:8585').paths as unknown as Sampled;
  const lacking = Object.entries(sampled).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-codeSamples'].length !== Object.keys(RUNNERS).length)
      .map(([method]) => `${method} ${path}`),
  );
  const sockets = ['get /acp', 'get /acp/ws', 'get /acp/{agent}', 'get /acp/{agent}/ws', 'get /terminal'];
  expect(lacking.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(sockets);
});

test('what a sample sends is what the operation takes', async () => {
  const { paths, components } = (await currentOpenApi()) as unknown as DescribedApi;
  const sent = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operation: `${method} ${path}`,
      shape: operation.requestBody?.content['application/json']?.schema,
      body: sampleRequest({ paths, components }, 'http://127.0.0.1:8585', path, method, operation)?.body,
    })),
  );
  const bodies = sent.filter(({ shape }) => shape !== undefined);
  expect(bodies.length).toBeGreaterThan(8);
  // References lead from the root of the document.
  const takes = (shape: object, body: unknown) => Schema.Compile({ ...shape, components }).Check(body);
  expect(bodies.filter(({ shape = {}, body }) => !takes(shape, body))).toEqual([]);
  expect(bodies.filter(({ shape = {} }) => takes(shape, 'no object'))).toEqual([]);
});
