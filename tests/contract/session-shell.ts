/** What the stories of persistent shells have in common. */
import type { Door } from '../support/doors.ts';

/** A shell that every machine of the door's kind has. */
export const plainShell = (door: Door): string => (door.platform === 'posix' ? 'sh' : 'cmd');

export const MODE = 'persistent_shell';
