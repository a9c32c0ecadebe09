/** The verb `audit`. */
import { expect, test } from 'bun:test';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

test('shows who did what, goes on with --follow, and prints JSON', async () => {
  await using world = await World.start();
  expect(await world.cli(['audit', '--limit', '5'])).toMatchObject({ code: 0, stdout: '' });
  const id = (await world.cli(['run', '--detach', 'echo secret-command'])).stdout.trim();
  const { stdout } = await world.cli(['audit']);
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^TIME +KEY +FROM +STATUS +REQUEST$/);
  expect(lines.at(-1)).toMatch(
    new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z +default +127\\.0\\.0\\.1 +202 +POST /exec job=${id} mode=shell$`),
  );
  expect(stdout).not.toContain('secret-command');

  const following = world.type(['audit', '--follow', '--json', '--limit', '1']);
  await following.says('"route":"/audit"');
  const next = (await world.cli(['run', '--detach', 'echo more'])).stdout.trim();
  await following.says(next);
  following.process.kill('SIGINT');
  await following.done();
  const shown = jsonLines(following.stdout) as { seq: number; what: object }[];
  expect(shown.at(-1)).toMatchObject({ what: { job: next, mode: 'shell' } });
  expect(shown.map(({ seq }) => seq - (shown[0]?.seq ?? 0))).toEqual(shown.map((_entry, index) => index));
});

test('refuses values that are not valid', async () => {
  for (const args of [
    ['--limit', '0'],
    ['--limit', '1001'],
    ['--before', 'x'],
    ['--before', '3', '--follow'],
  ])
    expect((await runInProcess('audit', ...args)).code).toBe(2);
});
