/** Tests of one story: as it is, and with each of its calls failing. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Rig } from '../../support/rig.ts';
import { withFailure } from './failing-calls.ts';

/** What the server refused, in its own words. A story throws it to say that it cannot go on. */
export class Refused extends Error {}

/** `newMarker`: an argument for a process of the story, which must not outlive it. */
export type Story = (rig: Rig, newMarker: () => string) => Promise<void>;

/** Calls are counted by one run; another may make some more. */
const MORE_CALLS = 3;
/** A story makes hundreds; each of these tests takes so many of them. */
const IN_ONE_TEST = 25;

export function eachFailure(name: string, calls: number, start: () => Promise<Rig>, story: Story): void {
  describe.skipIf(process.platform === 'win32')(`each call of ${name} fails once`, () => {
    let rig: Rig;
    const rejections: unknown[] = [];
    const reject = (reason: unknown) => void rejections.push(reason);
    beforeAll(async () => {
      process.on('unhandledRejection', reject);
      rig = await start();
      // What is made on first use is no part of the story.
      expect(await told(rig, story)).toBeUndefined();
    });
    afterAll(async () => {
      await rig[Symbol.asyncDispose]();
      process.off('unhandledRejection', reject);
    });

    test(`the story makes at most ${calls} calls`, async () => {
      const { calls: made, value } = await withFailure(0, () => told(rig, story));
      expect(value).toBeUndefined();
      expect(made).toBeGreaterThan(0);
      expect(made + MORE_CALLS).toBeLessThanOrEqual(calls);
      expect(await traces(rig)).toEqual([]);
    });

    for (let first = 1; first <= calls; first += IN_ONE_TEST) {
      test(`calls ${first} to ${Math.min(calls, first + IN_ONE_TEST - 1)}`, async () => {
        const hurt: string[] = [];
        for (let nth = first; nth < first + IN_ONE_TEST && nth <= calls; nth += 1) {
          const { value, failed } = await withFailure(nth, () => told(rig, story));
          if (failed === undefined) break;
          const wrong = value instanceof Refused ? [] : [value?.stack ?? ''].filter(Boolean);
          wrong.push(...(await traces(rig)));
          const next = await told(rig, story);
          if (next !== undefined) wrong.push(`the next story: ${next.stack}`);
          wrong.push(
            ...(await traces(rig)),
            ...rejections.splice(0).map((reason) => `nobody handles ${String(reason)}`),
          );
          hurt.push(...wrong.map((text) => `${nth} ${failed}: ${text}`));
          // Later ones would tell of this one again.
          if (next !== undefined) break;
        }
        expect(hurt).toEqual([]);
      });
    }
  });
}

const markers: string[] = [];

/** What kept a story from its end; undefined when nothing did. */
async function told(rig: Rig, story: Story): Promise<Error | undefined> {
  try {
    await story(rig, () => {
      const marker = rig.marker();
      markers.push(marker);
      return marker;
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What goes on of the stories so far. */
async function traces(rig: Rig): Promise<string[]> {
  const left = markers.splice(0).flatMap((marker) => rig.marked(marker));
  const {
    jobs_active: jobs,
    terminal_sessions: terminals,
    persistent_shell_sessions: shells,
    agent_sessions: agents,
  } = await rig.get<Record<string, number>>('/health');
  return [
    ...left.map((pid) => `process ${pid} is left`),
    ...Object.entries({ jobs, terminals, shells, agents })
      .filter(([, count]) => count !== 0)
      .map(([kind, count]) => `${count} ${kind} are left`),
  ];
}
