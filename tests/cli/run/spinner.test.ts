/** What `run` shows at a terminal while the command has not printed anything. */
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../person.ts';
import { World } from '../world.ts';

const FRAME = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] job [0-9a-f]{12} runs/;

describe.skipIf(process.platform === 'win32')('run, at a terminal', () => {
  test('shows that the command runs until it prints something, and wipes that away', async () => {
    await using world = await World.start();
    const gate = join(world.folder, 'gate');
    const command = `until [ -e '${gate}' ]; do sleep 0.02; done; echo out; exit 3`;
    await using user = new Person(world, { args: ['run', command] });
    await user.sees(FRAME);
    writeFileSync(gate, '');
    expect(await user.done()).toBe(3);
    // The last that was written to its line is its end, and then the output.
    expect(user.seen).toContain('\r\u001b[2Kout\r\n');
    expect(user.seen.slice(user.seen.indexOf('out\r\n'))).not.toMatch(FRAME);
  });

  test('Ctrl-C wipes it away too', async () => {
    await using world = await World.start();
    await using user = new Person(world, { args: ['run', 'sleep 1000'] });
    await user.sees(FRAME);
    user.types('\u0003');
    expect(await user.done()).toBe(130);
    expect(user.seen).toContain('\r\u001b[2Kagent-server: cancelling job');
  });

  test('does not turn where the terminal cannot move its cursor, or the output is for programs', async () => {
    await using world = await World.start();
    for (const [args, env] of [
      [['run', 'sleep 1; echo out'], { TERM: 'dumb' }],
      [['run', 'sleep 1; echo out', '--json'], {}],
    ] as const) {
      await using user = new Person(world, { args, env });
      expect(await user.done()).toBe(0);
      expect(user.seen).toContain('out');
      expect(user.seen).not.toContain('runs');
      expect(user.seen).not.toContain('\u001b[2K');
    }
  });
});

test('run in a pipe shows nothing of its own', async () => {
  await using world = await World.start();
  expect(await world.cli(['run', 'sleep 1; echo out'])).toEqual({ code: 0, stdout: 'out\n', stderr: '' });
});
