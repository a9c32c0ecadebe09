import { expect, test } from 'bun:test';
import { ToolCalls } from '../../../src/agents/session/tool-calls.ts';

const call = (toolCallId: string, more: object = {}) => ({ sessionUpdate: 'tool_call', toolCallId, ...more });

test('what comes later is laid over what came before; null says nothing', () => {
  const calls = new ToolCalls();
  calls.note(call('a', { kind: 'edit', title: 'one' }));
  calls.note(call('a', { kind: null, title: 'two' }));
  expect(calls.announced({ toolCallId: 'a' })).toEqual({ toolCallId: 'a', kind: 'edit', title: 'two' });
});

test('the oldest are forgotten: beyond a thousand, and beyond what may be kept of whole files', () => {
  const calls = new ToolCalls();
  const known = (id: string) => calls.announced({ toolCallId: id }) !== undefined;
  for (let n = 0; n <= 1000; n += 1) calls.note(call(`few ${n}`));
  expect([known('few 0'), known('few 1'), known('few 1000')]).toEqual([false, true, true]);
  const file = 'x'.repeat(10 * 1024 * 1024);
  for (let n = 0; n < 10; n += 1) calls.note(call(`large ${n}`, { content: file }));
  expect([3, 4, 9].map((n) => known(`large ${n}`))).toEqual([false, true, true]);
  // One that is updated is the newest, and counts once.
  for (let n = 0; n < 100; n += 1) calls.note(call('large 4', { content: file }));
  expect([4, 5, 9].map((n) => known(`large ${n}`))).toEqual([true, true, true]);
  // The one that has just come is kept, however large it is.
  calls.note(call('huge', { content: 'x'.repeat(70 * 1024 * 1024) }));
  expect([known('huge'), known('large 9')]).toEqual([true, false]);
});
