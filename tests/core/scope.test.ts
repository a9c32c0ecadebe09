import { expect, test } from 'bun:test';
import { Scope } from '../../src/core/scope.ts';

test('what was started last is ended first, asynchronous endings one after the other', async () => {
  const story: string[] = [];
  {
    await using scope = new Scope();
    scope.defer(() => void story.push('folder'));
    scope.use({
      async [Symbol.asyncDispose]() {
        await Bun.sleep(1);
        story.push('jobs');
      },
    });
    scope.use({ [Symbol.dispose]: () => void story.push('socket') });
    story.push('work');
  }
  expect(story).toEqual(['work', 'socket', 'jobs', 'folder']);
});

test('`use` hands back what it was given', async () => {
  await using scope = new Scope();
  const resource = { [Symbol.dispose]() {} };
  expect(scope.use(resource)).toBe(resource);
});

test('the signal is aborted before anything is ended', async () => {
  const scope = new Scope();
  const seen: boolean[] = [];
  scope.defer(() => void seen.push(scope.signal.aborted));
  expect(scope.signal.aborted).toBe(false);
  await scope[Symbol.asyncDispose]();
  expect(seen).toEqual([true]);
});

test('a scope that is closed, or closing, refuses latecomers', async () => {
  const scope = new Scope();
  let whileClosing: unknown;
  scope.defer(() => {
    try {
      scope.defer(() => {});
    } catch (error) {
      whileClosing = error;
    }
  });
  await scope[Symbol.asyncDispose]();
  expect(String(whileClosing)).toContain('closed');
  expect(() => scope.defer(() => {})).toThrow('closed');
  expect(() => scope.use({ [Symbol.dispose]() {} })).toThrow('closed');
});

test('closing twice ends everything once', async () => {
  const scope = new Scope();
  let ended = 0;
  scope.defer(() => void (ended += 1));
  await scope[Symbol.asyncDispose]();
  await scope[Symbol.asyncDispose]();
  expect(ended).toBe(1);
});

test('one ending that fails does not spare the others', async () => {
  const scope = new Scope();
  const story: string[] = [];
  scope.defer(() => void story.push('first'));
  scope.defer(() => {
    throw new Error('stuck');
  });
  const failure: unknown = await scope[Symbol.asyncDispose]().catch((error: unknown) => error);
  expect(String(failure)).toContain('stuck');
  expect(story).toEqual(['first']);
});
