/** What Bun's process is to this capability, on every system. */
import type { OwnProcess } from './own-process.ts';

type Child = Bun.Subprocess<'pipe' | 'ignore', 'inherit' | 'pipe', 'inherit' | 'pipe'>;

export const toOwnProcess = (child: Child): OwnProcess => ({
  pid: child.pid,
  exited: child.exited,
  tell(line) {
    try {
      void child.stdin?.write(`${line}\n`);
      void child.stdin?.flush();
    } catch {
      // It has gone, which its exit tells.
    }
  },
  kill: () => child.kill('SIGKILL'),
});
