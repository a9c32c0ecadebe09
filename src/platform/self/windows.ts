/**
 * Detached: libuv would otherwise put it into a Job Object that ends it with this process. A detached program has no
 * console, so what it prints comes through pipes. A successor, which outlives us, keeps our files; a console it cannot have.
 */
import type { OwnProcessRequest, StartOwnProcess } from './own-process.ts';
import { toOwnProcess } from './subprocess.ts';

export const startWindows: StartOwnProcess = ({ command, env, linked, relay }) => {
  if (!linked) {
    const output = { stdout: 'inherit', stderr: 'inherit' } as const;
    return toOwnProcess(Bun.spawn({ cmd: [...command], env, stdin: 'ignore', ...output, detached: true }));
  }
  const output = { stdout: 'pipe', stderr: 'pipe' } as const;
  const child = Bun.spawn({ cmd: [...command], env, stdin: 'pipe', ...output, detached: true });
  void pass(child.stdout, 'stdout', relay);
  void pass(child.stderr, 'stderr', relay);
  return toOwnProcess(child);
};

async function pass(
  from: ReadableStream<Uint8Array>,
  to: 'stdout' | 'stderr',
  relay: OwnProcessRequest['relay'],
): Promise<void> {
  for await (const bytes of from) {
    // Our console may be gone. It is read on all the same: a full pipe would hold the server up.
    await relay(to, bytes).catch(() => {});
  }
}
