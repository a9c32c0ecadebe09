/** What the stories of persistent shells have in common. */
import type { Door } from '../support/doors.ts';

/** That of the door, else one that every machine of its kind has. */
export const plainShell = (door: Door): string => door.sessionShell?.name ?? (door.platform === 'posix' ? 'sh' : 'cmd');

export const MODE = 'persistent_shell';
