/** Real executables that update themselves, on Linux. The same stories under Wine are in tests/windows/update.test.ts. */
import { expect, test } from 'bun:test';
import { lstatSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { linuxMachine } from '../support/linux-machine.ts';
import { Sandbox } from '../support/sandbox.ts';
import { updateStory } from '../support/update-story.ts';
import { UpdateWorld, type Machine } from '../support/update-world.ts';

if (process.platform === 'linux' && process.arch === 'x64') {
  const boxes = new Map<Machine, Sandbox>();
  updateStory({
    name: 'the Linux executable',
    open() {
      const box = new Sandbox();
      const machine = linuxMachine(box);
      boxes.set(machine, box);
      return machine;
    },
    close: (machine) => boxes.get(machine)?.[Symbol.dispose](),
    waitFor: (path) => `until [ -e '${path}' ]; do sleep 0.05; done`,
  });

  test('a symbolic link to the executable stays one, and its target is replaced', async () => {
    using box = new Sandbox();
    await using world = new UpdateWorld(linuxMachine(box, 'link'));
    await world.install('1.0.0');
    symlinkSync(join('bin', 'agent-server'), box.file('link'));
    await world.serve('--wrapper');
    await world.release('2.0.0', 2);
    await world.ask('/update', {});
    await world.until('version 2', ({ version, state }) => version === '2.0.0' && state === 'idle');
    expect(lstatSync(box.file('link')).isSymbolicLink()).toBe(true);
    expect(Bun.spawnSync([box.file('bin', 'agent-server'), 'version']).stdout.toString()).toBe('2.0.0\n');
    expect(world.installed).toEqual(['agent-server', 'agent-server.update.json', 'agent-server.update.lock']);
  }, 120_000);
} else {
  process.stdout.write('updates of the Linux executable: skipped, they need Linux on x64\n');
  test.skip('updates of the Linux executable', () => {});
}
