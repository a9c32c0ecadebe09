/** Every request to `POST /exec` is answered in JSON, and never with 500. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { inProcess } from '../support/doors.ts';
import { answerOf, Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  // Accepted jobs queue behind this one and never run.
  rig = await Rig.start(inProcess, { flags: { 'max-jobs': '1' } });
  await rig.running(await rig.exec(rig.commands.hang(rig.marker())));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const EXPECTED = [202, 400, 409, 413, 415];
const headers = { 'content-type': 'application/json' };

async function answersAsAgreed(body: string | Uint8Array): Promise<void> {
  const { status, body: answer } = await answerOf(await rig.request('/exec', { body: body as string, headers }));
  expect(EXPECTED).toContain(status);
  if (status !== 202) expect(answer).toEqual({ error: expect.any(String) });
  else {
    const { jobId } = answer as { jobId: string };
    expect(answer).toEqual({ jobId: expect.stringMatching(/^[0-9a-f]{12}$/), status: 'pending' });
    // The record repeats the command as it was sent.
    const { command } = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as {
      command: string;
    };
    expect((await rig.job(jobId)).command).toBe(command);
    await rig.post(`/jobs/${jobId}/cancel`);
  }
}

test('any JSON', async () => {
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 6 }), answersAsAgreed), { numRuns: 300 });
});

test('any object with the fields of a request and any values in them', async () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc.constantFrom(null, '', 'shell', 'end', 0, 1e300, [], {}),
  );
  const request = fc.record(
    {
      command: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constant('true'), wild),
      mode: fc.oneof(fc.constant('shell'), wild),
      timeout: fc.oneof(fc.double({ min: 0.1, max: 100 }), wild),
      workdir: wild,
      background: fc.oneof(fc.constant('keep'), wild),
      env: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.string(), wild)), wild),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(request, async (body) => answersAsAgreed(JSON.stringify(body))),
    { numRuns: 500 },
  );
});

test('any text and any bytes', async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), answersAsAgreed), { numRuns: 150 });
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), answersAsAgreed), { numRuns: 150 });
});

test('any job id and any query', async () => {
  const paths = fc.tuple(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('', '/output', '/events', '/x'),
    fc.dictionary(fc.constantFrom('wait', 'tailLines', 'stream', 'since', 'limit'), fc.string()),
  );
  await fc.assert(
    fc.asyncProperty(paths, async ([id, rest, query]) => {
      fc.pre(id.isWellFormed() && !/^\.{1,2}$/.test(id));
      const { status } = await rig.ask(
        `/jobs/${encodeURIComponent(id)}${rest}?${new URLSearchParams(query).toString()}`,
      );
      expect([400, 404]).toContain(status);
    }),
    { numRuns: 300 },
  );
});
