/** How many files and archives one key sends and receives at once: each holds descriptors for as long as its client likes. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { CRLF, openRaw } from '../../support/rig-raw.ts';
import { waitFor } from '../../support/wait.ts';
import { addKey } from '../../contract/suite-keys.ts';

const EACH = 1024;
const LARGE = 64 * 1024 * 1024;
/** A thousand connections, some of which are sent megabytes. */
const STORY_MS = 120_000;

describe('transfers of one key', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(liveServer);
    mkdirSync(join(rig.place.cwd, 'folder'));
    for (const name of ['large', 'folder/large']) {
      writeFileSync(join(rig.place.cwd, name), '');
      truncateSync(join(rig.place.cwd, name), LARGE);
    }
    writeFileSync(join(rig.place.cwd, 'appended'), '');
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  const at = (route: string, name: string) => `${route}?path=${encodeURIComponent(join(rig.place.cwd, name))}`;
  /** Of a request that is not at its end. */
  const begun = (method: string, target: string) =>
    [
      `${method} ${target} HTTP/1.1`,
      `Host: 127.0.0.1:${rig.port}`,
      `X-API-Key: ${rig.key}`,
      ...(method === 'GET' ? [''] : ['Transfer-Encoding: chunked', '', '1', 'x']),
      '',
    ].join(CRLF);
  const statusOf = async (target: string, key?: string): Promise<number> => {
    const { status, body } = await rig.request(target, key === undefined ? {} : { key });
    await body?.cancel();
    return status;
  };

  test.each([
    ['files that are sent', 'PUT', (count: number) => at('/files', `new-${count}`)],
    ['files that are appended to', 'POST', () => at('/files/append', 'appended')],
    ['archives that are sent', 'PUT', (count: number) => at('/files/archive', `unpacked-${count}`)],
    ['files that are read', 'GET', () => at('/files', 'large')],
    ['archives that are read', 'GET', () => at('/files/archive', 'folder')],
  ])(
    '%s: 1,024 at once, and those that are over count no more',
    async (_what, method, target) => {
      const other = await addKey(rig, ['files:read']);
      using open = new DisposableStack();
      const another = async (count: number) => open.use(await openRaw(rig.port, begun(method, target(count))));
      let begunSoFar = 0;
      for (; begunSoFar < EACH; begunSoFar += 1) await another(begunSoFar);
      const refused = await waitFor('all of them to be counted', async () => {
        const answer = await rig.ask(at('/files', 'more'), { method: 'PUT', body: 'x' });
        if (answer.status === 503) return answer;
        // What asks has the last slot itself for a moment, and one of the others may have been refused for it.
        begunSoFar += 1;
        await another(begunSoFar);
        return false;
      });
      expect(refused).toMatchObject({
        status: 503,
        body: {
          error:
            'too many files and archives are sent or received at once (1024 with this key): end one of them, or ask again later',
        },
      });
      expect(refused.headers.get('retry-after')).toBe('2');
      expect(await statusOf(at('/files', 'large'), other.key)).toBe(200);
      // What holds nothing open is not counted.
      expect(await statusOf(at('/files/stat', 'large'))).toBe(200);
      open.dispose();
      await waitFor('one to be over', async () => (await statusOf(at('/files', 'large'))) === 200);
    },
    STORY_MS,
  );

  test(
    'readers that leave give back what they held, each time',
    async () => {
      for (let count = 0; count < EACH + 10; count += 1) {
        const leaving = new AbortController();
        const answer = await rig.request(at('/files', 'large'), { signal: leaving.signal });
        expect(answer.status).toBe(200);
        leaving.abort();
      }
      await waitFor('all to be over', async () => (await statusOf(at('/files', 'large'))) === 200);
    },
    STORY_MS,
  );
});
