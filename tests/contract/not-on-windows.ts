/** Says which stories of a suite have no part in a Windows door, and why. */
import type { Door } from '../support/doors.ts';

export function notOnWindows({ platform, name }: Door, suite: string, what: string): void {
  if (platform === 'windows') process.stdout.write(`${suite}, ${name}: no stories of ${what}\n`);
}
