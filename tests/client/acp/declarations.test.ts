/** The declarations are written by hand: here the compiler holds them against the source, in both directions. */
import { expect, test } from 'bun:test';
import type * as declared from '../../../src/client/acp/acp-client.d.mts';
import * as source from '../../../src/client/acp/run-prompt.ts';

test('the source is what is declared, and nothing else', () => {
  const promised: typeof declared = source;
  const given: typeof source = promised;
  expect(Object.keys(given).toSorted()).toEqual(['PromptError', 'runPrompt']);
  const error: declared.PromptError = new source.PromptError({ reason: 'start-refused' }, 'no', {
    text: '',
    sessionId: undefined,
    toolCalls: [],
    usage: null,
    stderr: '',
    warnings: [],
  });
  expect(error).toBeInstanceOf(Error);
  expect(error.reason).toBe('start-refused');
});
