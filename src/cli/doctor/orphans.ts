/**
 * Looks for processes that have ended and stay in the table, because process 1 of this machine does not wait for them, as a shell
 * or `sleep` that is process 1 of a container.
 */
import { unreapedOrphans } from '../../platform/process/index.ts';
import { reporter, type Finding } from './finding.ts';

export async function checkOrphans(): Promise<Finding[]> {
  const count = await unreapedOrphans();
  if (count === 0) return [];
  const finding = reporter('process 1')(
    'warn',
    `it does not wait for processes whose parent has ended: ${count} of them have ended too, and stay in the process table`,
    'start the container with an init (docker run --init), or with agent-server as its process 1',
  );
  return [finding];
}
