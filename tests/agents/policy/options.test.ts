/** Which option stands for an answer, and which never does. */
import { expect, test } from 'bun:test';
import { optionFor } from '../../../src/agents/policy/options.ts';
import { ALL_OPTIONS, ask } from './question.ts';

const option = (optionId: unknown, kind: unknown) => ({ optionId, name: 'Allow', kind });
const chosen = (options: unknown, answer: 'once' | 'always' | 'reject') => {
  const found = optionFor(options, answer);
  return found.ok ? found.value : found.failure;
};
const none = (kinds: string) => ({
  reason: 'no-option' as const,
  message: `The agent offers no option of the kind ${kinds}.`,
});

test('a person’s answer is the option of its kind', () => {
  expect(chosen(ALL_OPTIONS, 'once')).toBe('yes');
  expect(chosen(ALL_OPTIONS, 'always')).toBe('always');
  expect(chosen(ALL_OPTIONS, 'reject')).toBe('no');
  expect(chosen([option('never', 'reject_always')], 'reject')).toBe('never');
});

test.each([
  ['a wider one', [option('a', 'allow_always')], 'once', 'allow_once'],
  ['a narrower one', [option('a', 'allow_once')], 'always', 'allow_always'],
  ['an id that says so', [option('allow_once', 'reject_once')], 'once', 'allow_once'],
  ['a kind nobody knows', [option('a', 'allow')], 'once', 'allow_once'],
  ['a kind that is no text', [option('a', ['allow_once'])], 'once', 'allow_once'],
  ['an id that is no text', [option(0, 'allow_once')], 'once', 'allow_once'],
  ['no option', [], 'reject', 'reject_once or reject_always'],
  ['no list', { 0: option('a', 'allow_once') }, 'once', 'allow_once'],
  ['nothing', undefined, 'once', 'allow_once'],
  ['one of too many', Array.from({ length: 101 }, (_, at) => option(`${at}`, 'allow_once')), 'once', 'allow_once'],
  ['null in the list', [null], 'once', 'allow_once'],
  ['an id of two kinds', [option('a', 'reject_once'), option('a', 'allow_once')], 'once', 'allow_once'],
  ['an id of a kind nobody knows besides', [option('a', 'allow_once'), option('a', 'bypass')], 'once', 'allow_once'],
  ['an id that has no kind besides', [option('a', 'allow_once'), option('a', null)], 'once', 'allow_once'],
] as const)('%s stands for no answer', (_what, options, answer, kinds) => {
  expect(chosen(options, answer)).toEqual(none(kinds));
});

test('ids may have any shape, and the same option may come twice', () => {
  const odd = option('', 'allow_once');
  expect(chosen([odd, odd], 'once')).toBe('');
});

test('an allowance that the agent offers no option for becomes a rejection', () => {
  const toolCall = { kind: 'read' };
  const always = option('always', 'allow_always');
  const decision = ask({ toolCall, options: [always, option('no', 'reject_once')] });
  expect(decision).toEqual({ outcome: 'reject', optionId: 'no', reason: none('allow_once').message });
  expect(ask({ policy: 'allow-all', toolCall, options: [always] })).not.toHaveProperty('optionId');
});

test('a rejection that the agent offers no option for has none', () => {
  const decision = ask({ toolCall: { kind: 'edit' }, options: [option('yes', 'allow_once')] });
  expect(decision.outcome).toBe('reject');
  expect(decision).not.toHaveProperty('optionId');
});

test('a person is asked only where there is something to choose', () => {
  for (const options of [undefined, [], [option('a', 'bypass')]]) {
    const decision = ask({ policy: 'ask', toolCall: { kind: 'read' }, options });
    expect(decision).toEqual({ outcome: 'reject', reason: 'The agent offers no option that a person could choose.' });
  }
});
