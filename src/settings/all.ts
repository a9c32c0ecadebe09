/**
 * Every setting there is: its flag, its environment variable (AGENT_SERVER_<NAME>), its key in the configuration
 * file, its default and what it means. The command line, `--help`, the README's table and the validation are all made
 * from this list, which each room has a file of.
 */
import { AGENT_SETTINGS } from './agents.ts';
import { AUDIT_SETTINGS } from './audit.ts';
import { FILE_SETTINGS } from './files.ts';
import { JOB_SETTINGS } from './jobs.ts';
import type { SettingsOf } from './kinds.ts';
import { PORT_SETTINGS } from './ports.ts';
import { SERVER_SETTINGS } from './server.ts';
import { SESSION_SETTINGS } from './sessions.ts';
import { TERMINAL_SETTINGS } from './terminals.ts';
import { TUNNEL_SETTINGS } from './tunnel.ts';
import { UPDATE_SETTINGS } from './update.ts';

export const SETTINGS = {
  ...SERVER_SETTINGS,
  ...JOB_SETTINGS,
  ...SESSION_SETTINGS,
  ...TERMINAL_SETTINGS,
  ...AGENT_SETTINGS,
  ...UPDATE_SETTINGS,
  ...AUDIT_SETTINGS,
  ...FILE_SETTINGS,
  ...TUNNEL_SETTINGS,
  ...PORT_SETTINGS,
};

export type SettingName = keyof typeof SETTINGS;
export type Settings = SettingsOf<typeof SETTINGS>;

export const environmentName = (name: SettingName): string => `AGENT_SERVER_${name.replaceAll('-', '_').toUpperCase()}`;
