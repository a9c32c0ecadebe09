/** A Linux machine for the stories of updates: a folder of this one. */
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';
import type { Machine } from './update-world.ts';

/** `program`: what is started, in the folder of the machine. */
export function linuxMachine(box: Sandbox, program = join('bin', 'agent-server')): Machine {
  const native = (...names: string[]) => join(box.path, ...names);
  const path = process.env['PATH'] ?? '';
  return {
    target: 'linux-x64',
    executableName: 'agent-server',
    folder: { host: box.path, native: box.path },
    native,
    host: (named) => named,
    start: (args, env) =>
      Bun.spawn({
        cmd: [native(program), ...args],
        cwd: box.path,
        env: { PATH: path, ...env },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
      }),
    async install(releaseUrl) {
      const command = `curl -fsSL ${releaseUrl}/install.sh | sh -s -- --dir ${native('bin')} --no-path`;
      const env = { PATH: path, HOME: native('home') };
      const installer = Bun.spawn({ cmd: ['sh', '-c', command], env, stdout: 'pipe', stderr: 'pipe' });
      const said = Promise.all([installer.stdout, installer.stderr].map((stream) => new Response(stream).text()));
      if ((await installer.exited) !== 0) throw new Error(`install.sh failed: ${(await said).join('')}`);
    },
    end: async (pid) => void process.kill(pid, 'SIGKILL'),
  };
}
