/** What a client reads over a network that breaks at any byte, again and again, is what it reads over one that holds. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Client } from '../../src/client/client.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

/** Lines of both streams, in letters of more than one byte, too. */
const PRINTS =
  'i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo "$i größer"; [ $((i % 3)) -ne 0 ] || echo "$i ✗" >&2; done; exit 7';

/** Bytes until a connection breaks: at first few, then any number; now and then more than one event has. */
const cutsOf = () =>
  fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 20_000, max: 150_000 }))).map(early);

function* early(cuts: Iterable<number>): Generator<number> {
  yield* [1, 40, 300, 900];
  yield* cuts;
}

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

/** The client has reached the server before the network begins to break. */
async function overBroken<T>(cuts: Iterator<number>, use: (client: Client) => Promise<T>): Promise<T> {
  using network = new CuttingProxy(rig.url);
  const client = new Client({ url: network.url, key: rig.key });
  await client.health();
  network.cut();
  network.cutAt = () => cuts.next().value as number;
  const before = network.cuts;
  const read = await use(client);
  expect(network.cuts - before).toBeGreaterThan(3);
  return read;
}

interface Transcript {
  stdout: string;
  stderr: string;
  exitCode: number | undefined;
}

async function transcriptOf(client: Client, jobId: string): Promise<Transcript> {
  const transcript: Transcript = { stdout: '', stderr: '', exitCode: undefined };
  let last = 0;
  for await (const event of client.follow(jobId)) {
    if (event.id <= last) throw new Error(`event ${event.id} came after ${last}`);
    last = event.id;
    if (event.type === 'end') transcript.exitCode = event.exitCode;
    else if (event.type !== 'status') transcript[event.type] += event.text;
  }
  return transcript;
}

async function bytesOf(client: Client, jobId: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of client.output(jobId, 'stdout')) text += decoder.decode(chunk, { stream: true });
  return text;
}

test('follow brings each byte once and in order, while the job runs and when it has ended', async () => {
  const direct = new Client({ url: rig.url, key: rig.key });
  await fc.assert(
    fc.asyncProperty(cutsOf(), cutsOf(), async (first, second) => {
      const { jobId } = await direct.exec({ command: PRINTS });
      const live = await overBroken(first, (client) => transcriptOf(client, jobId));
      const whole = await transcriptOf(direct, jobId);
      expect(whole.exitCode).toBe(7);
      expect(whole.stdout.split('\n')).toHaveLength(12_001);
      expect(live).toEqual(whole);
      expect(await overBroken(second, (client) => transcriptOf(client, jobId))).toEqual(whole);
    }),
    { numRuns: 2 },
  );
}, 120_000);

test('output brings each byte once and in order', async () => {
  const direct = new Client({ url: rig.url, key: rig.key });
  const { jobId } = await direct.exec({ command: PRINTS });
  await direct.wait(jobId);
  const whole = await bytesOf(direct, jobId);
  await fc.assert(
    fc.asyncProperty(cutsOf(), async (cuts) => {
      expect(await overBroken(cuts, (client) => bytesOf(client, jobId))).toBe(whole);
    }),
    { numRuns: 2 },
  );
}, 120_000);

test('a submission whose answer breaks off is one job all the same', async () => {
  const direct = new Client({ url: rig.url, key: rig.key });
  // The first answers break off within their head, the last arrives whole.
  const cuts = [1, 20, 60, 90, Infinity].values();
  const { jobId } = await overBroken(cuts, (client) => client.exec({ command: 'echo once' }));
  const of = (await direct.jobs()).filter(({ command }) => command === 'echo once');
  expect(of.map((job) => job.jobId)).toEqual([jobId]);
}, 60_000);
