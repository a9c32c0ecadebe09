/** A program that prints without end is stopped and let go, and a pause is not forgotten over it. */
import { describe, expect, test } from 'bun:test';
import type { PtyTree } from '../../src/platform/pty/pty.ts';
import { ReadingLimit } from '../../src/platform/pty/reading-limit.ts';

const MUCH = 300_000;
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function limited(canStop = true): { limit: ReadingLimit; flows: string[] } {
  const flows: string[] = [];
  const tree: PtyTree = {
    setFlow: (flow) => (flows.push(flow), canStop),
    mend: (output) => output,
    inputTaken: () => true,
    async end() {},
    release() {},
  };
  const limit = new ReadingLimit(tree);
  flows.length = 0;
  return { limit, flows };
}

describe('the limit of reading', () => {
  test('stops the program once in a turn of the event loop, and lets it go in the next', async () => {
    const { limit, flows } = limited();
    limit.hasRead(MUCH);
    limit.hasRead(MUCH);
    expect(flows).toEqual(['stop']);
    await nextTurn();
    expect(flows).toEqual(['stop', 'go']);
    limit.hasRead(MUCH);
    expect(flows).toEqual(['stop', 'go', 'stop']);
  });

  test('counts the bytes of one turn only', async () => {
    const { limit, flows } = limited();
    for (let turn = 0; turn < 3; turn += 1) {
      limit.hasRead(MUCH / 2);
      await nextTurn();
    }
    expect(flows).toEqual([]);
  });

  test('leaves a paused program paused, and lets it go when it is resumed', async () => {
    const { limit, flows } = limited();
    expect(limit.setFlow('stop')).toBe(true);
    limit.hasRead(MUCH);
    await nextTurn();
    expect(flows).not.toContain('go');
    limit.hasRead(MUCH);
    limit.setFlow('go');
    await nextTurn();
    expect(flows.at(-1)).toBe('go');
  });

  test('is without effect where a program cannot be stopped', async () => {
    const { limit, flows } = limited(false);
    limit.hasRead(MUCH);
    await nextTurn();
    expect(flows).toEqual(['stop']);
    expect(limit.setFlow('stop')).toBe(false);
  });
});
