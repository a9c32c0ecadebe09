/** Real executables that update themselves, on Linux. The same stories under Wine are in tests/windows/update.test.ts. */
import { test } from 'bun:test';
import { join } from 'node:path';
import { Sandbox } from '../support/sandbox.ts';
import { updateStory } from '../support/update-story.ts';
import type { Machine } from '../support/update-world.ts';

if (process.platform === 'linux' && process.arch === 'x64') {
  const boxes = new Map<Machine, Sandbox>();
  updateStory({
    name: 'the Linux executable',
    open() {
      const box = new Sandbox();
      const native = (...names: string[]) => join(box.path, ...names);
      const machine: Machine = {
        target: 'linux-x64',
        executableName: 'agent-server',
        folder: { host: box.path, native: box.path },
        native,
        host: (path) => path,
        start: (args, env) =>
          Bun.spawn({
            cmd: [native('bin', 'agent-server'), ...args],
            cwd: box.path,
            env: { PATH: process.env['PATH'] ?? '', ...env },
            stdin: 'ignore',
            stdout: 'pipe',
            stderr: 'pipe',
          }),
        end: async (pid) => void process.kill(pid, 'SIGKILL'),
      };
      boxes.set(machine, box);
      return machine;
    },
    close: (machine) => boxes.get(machine)?.[Symbol.dispose](),
    waitFor: (path) => `until [ -e '${path}' ]; do sleep 0.05; done`,
  });
} else {
  process.stdout.write('updates of the Linux executable: skipped, they need Linux on x64\n');
  test.skip('updates of the Linux executable', () => {});
}
