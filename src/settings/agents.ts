/** Settings of agents. */
import { integer, oneOf, seconds, text, type SettingGroup } from './kinds.ts';

export const AGENT_SETTINGS = {
  'acp-policy': oneOf(
    ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'],
    'What agents may do when they ask: what stays in the working directory, only read, all, nothing, or what a person answers. Jobs and sessions that name no policy have this one.',
  ),
  'max-agent-sessions': integer('N', 16, 0, 10_000, 'Agent sessions at once that `POST /agents/sessions` made.'),
  'acp-agent': text(
    'ID',
    undefined,
    'The agent that clients of `/acp` use which name none: an id of `GET /agents`. Default: the first one that is installed.',
  ),
  'acp-cwd': text(
    'DIR',
    undefined,
    'The folder that clients of `/acp` are told to work in. Default: the working directory of the server.',
  ),
  'agent-session-idle': seconds(
    1800,
    31_536_000,
    'Seconds after which a session that a client of `/acp` made is closed when nobody uses it; its record stays and can be loaded. 0: never.',
  ),
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
