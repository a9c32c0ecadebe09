/** Settings of persistent shells. */
import { inherited, integer, oneOf, seconds, type SettingGroup } from './kinds.ts';

export const SESSION_SETTINGS = {
  'max-sessions': inherited(
    'DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS',
    integer('N', 32, 1, 10_000, 'Maximum number of persistent shell sessions.'),
  ),
  'session-idle-timeout': inherited(
    'DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS',
    seconds(0, 31_536_000, 'Seconds without a command after which a persistent shell session is ended. 0: never.'),
  ),
  'spare-shells': oneOf(
    ['on', 'off'],
    'Whether a spare process of each kind of persistent shell in use is kept ready.',
  ),
} satisfies SettingGroup;
