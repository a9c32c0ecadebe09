/** The verb `system`. */
import { expect, test } from 'bun:test';
import type { System, SystemEvent } from '../../../src/protocol/system.ts';
import { size } from '../../../src/cli/system/text.ts';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

test('shows the machine as text and as JSON, and goes on with --watch', async () => {
  await using world = await World.start();
  const { stdout } = await world.cli(['system', '--tools']);
  for (const shown of [/^Host +\S/m, /^CPU +[\d.]+% of \d+ × /m, /^Memory +[\d.]+ \w+ of /m, /^DISK +FILE/m, /^git +/m])
    expect(stdout).toMatch(shown);
  const [system] = jsonLines((await world.cli(['system', '--json'])).stdout) as System[];
  expect(system).toMatchObject({ hostname: expect.any(String), cpu: { usage: expect.any(Number) } });

  const watching = world.type(['system', '--watch', '--interval', '1']);
  await watching.says('0 jobs  0 terminals');
  watching.process.kill('SIGINT');
  expect((await watching.done()).stdout).toMatch(/^\S+Z {2}cpu [\d.]+% {2}memory [\d.]+ \w+ of [\d.]+ \w+ /);

  const asJson = world.type(['system', '--watch', '--json']);
  await asJson.says('"terminals":0');
  asJson.process.kill('SIGINT');
  const [event] = jsonLines((await asJson.done()).stdout) as SystemEvent[];
  expect(event).toMatchObject({ jobs: 0, cpu: { usage: expect.any(Number) } });
});

test('refuses values that are not valid', async () => {
  for (const args of [
    ['--interval', '0'],
    ['--interval', '61'],
    ['--interval', '1.5'],
    ['--watch', '--tools'],
  ])
    expect((await runInProcess('system', ...args)).code).toBe(2);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [8_000_000_000, '7.5 GiB'],
  [500 * 1024 ** 3, '500 GiB'],
])('%p bytes are %p', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
