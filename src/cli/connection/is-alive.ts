/** Whether a process runs: the address that a crashed server left behind is not used, another program may listen there. */
import { codeOf } from '../../core/failure.ts';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
