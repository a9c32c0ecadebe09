/** In a session of its own, so that Ctrl-C reaches it once: through its supervisor. It writes where we write. */
import type { StartOwnProcess } from './own-process.ts';
import { toOwnProcess } from './subprocess.ts';

export const startPosix: StartOwnProcess = ({ command, env, linked }) =>
  toOwnProcess(
    Bun.spawn({
      cmd: [...command],
      env,
      stdin: linked ? 'pipe' : 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      detached: true,
    }),
  );
