/** What a stop means, as a person reads it. */
import { expect, test } from 'bun:test';
import { listed, stopMessage } from '../../src/cli/activity-text.ts';

const jobs = (ending: number, surviving: number) => ({ kind: 'jobs', ending, surviving });
const inShells = (ending: number) => ({ kind: 'jobs', where: 'in persistent shells', ending, surviving: 0 });
const terminals = (ending: number) => ({ kind: 'terminals', ending, surviving: 0 });

test.each([
  [[], 'stopping'],
  [[jobs(0, 1)], 'stopping; 1 job goes on and will be taken up by the next start'],
  [[jobs(0, 2)], 'stopping; 2 jobs go on and will be taken up by the next start'],
  [[terminals(1)], 'stopping; ending 1 terminal'],
  [[inShells(1)], 'stopping; ending 1 job in persistent shells'],
  [
    [jobs(0, 3), inShells(2), terminals(4)],
    'stopping; ending 2 jobs in persistent shells and 4 terminals; 3 jobs go on and will be taken up by the next start',
  ],
])('%j', (activity, message) => {
  expect(stopMessage('stopping', activity)).toBe(message);
});

test('a list of three has commas and an "and"', () => {
  expect(listed([jobs(1, 0), inShells(2), terminals(1)], 'ending')).toBe(
    '1 job, 2 jobs in persistent shells and 1 terminal',
  );
  expect(listed([], 'ending')).toBe('');
});
