import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mib, type Measured } from '../measure.ts';

const COUNT = 50;
const GOAL = 1024 * 1024;

/** What terminals cost the server that nobody types into: memory of the room alone, in a process of its own. */
export async function terminalsIdle(): Promise<Measured[]> {
  const dataPath = mkdtempSync(join(tmpdir(), 'agent-server-bench-'));
  try {
    const probe = Bun.spawn(
      [process.execPath, join(import.meta.dir, '../../fixtures/idle-terminals.ts'), dataPath, String(COUNT)],
      {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      },
    );
    const { empty, idle, full } = (await new Response(probe.stdout).json()) as Record<
      'empty' | 'idle' | 'full',
      number
    >;
    const each = (idle - empty) / COUNT;
    return [
      {
        name: `${COUNT} idle terminals, server memory each`,
        figure: `${(each / 1024).toFixed(0)} KiB`,
        goal: '≤ 1 MiB',
        met: each <= GOAL,
        detail: `${mib((full - empty) / COUNT)} each with a full scrollback of 1 MiB`,
      },
    ];
  } finally {
    rmSync(dataPath, { recursive: true, force: true });
  }
}
