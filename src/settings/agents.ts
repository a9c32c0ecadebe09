/** Settings of agents. */
import { integer, oneOf, seconds, type SettingGroup } from './kinds.ts';

export const AGENT_SETTINGS = {
  'acp-policy': oneOf(
    ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'],
    'What agents may do when they ask: what stays in the working directory, only read, all, nothing, or what a person answers. Jobs and sessions that name no policy have this one.',
  ),
  'max-agent-sessions': integer('N', 16, 0, 10_000, 'Agent sessions at once that `POST /agents/sessions` made.'),
  'agent-grace': seconds(
    2,
    600,
    'Seconds between the end of an agent’s input, asking it to end (SIGTERM) and ending its process tree (SIGKILL).',
  ),
  'permission-timeout': seconds(
    600,
    31_536_000,
    'Seconds after which what an agent asked for, and nobody has answered, is rejected. 0: never.',
  ),
} satisfies SettingGroup;
