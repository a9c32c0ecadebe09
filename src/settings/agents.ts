/** Settings of agents. */
import { integer, oneOf, seconds, text, type SettingGroup } from './kinds.ts';

export const AGENT_SETTINGS = {
  'acp-policy': oneOf(
    ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'],
    'How permission requests of agents are answered: allow what stays in the working directory, allow only reading there, allow all, deny all, or ask a person. For jobs and sessions that name no policy.',
  ),
  'max-agent-sessions': integer(
    'N',
    16,
    0,
    10_000,
    'Maximum number of open sessions that `POST /agents/sessions` or clients of `/acp` made.',
  ),
  'acp-agent': text(
    'ID',
    undefined,
    'Agent for clients of `/acp` that name none: an id of `GET /agents`. Default: the first one that is installed.',
  ),
  'acp-cwd': text('DIR', undefined, 'Working directory suggested to clients of `/acp`. Default: that of the server.'),
  'agent-session-idle': seconds(
    1800,
    31_536_000,
    'Seconds after which an unused session that a client of `/acp` made is closed; its record stays and can be loaded. 0: never.',
  ),
  'agent-grace': seconds(
    2,
    600,
    'Seconds between closing an agent’s input and asking it to end (SIGTERM), and between that and ending its process tree (SIGKILL).',
  ),
  'permission-timeout': seconds(
    600,
    31_536_000,
    'Seconds after which an agent’s unanswered permission request is rejected. 0: never.',
  ),
} satisfies SettingGroup;
