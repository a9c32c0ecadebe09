/** The settings as options of a verb, in citty's terms, and back. */
import { environmentName, SETTINGS, type SettingName } from '../../settings/all.ts';
import type { Flags } from '../../settings/config.ts';
import type { Setting, SettingValue } from '../../settings/kinds.ts';
import type { ArgsDef } from '../command/verb.ts';

export const SETTING_ARGUMENTS: ArgsDef = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]: [string, Setting<SettingValue>]) => [
    name,
    {
      type: setting.placeholder === undefined ? 'boolean' : 'string',
      description: `${setting.description}${defaultOf(setting)} (${environmentName(name as SettingName)})`,
      ...(setting.placeholder !== undefined && { valueHint: setting.placeholder }),
    },
  ]),
);

/** What of the arguments are settings. */
export function flagsOf(args: Readonly<Record<string, unknown>>): Flags {
  const given = Object.keys(SETTINGS).flatMap((name) => {
    const value = args[name];
    return typeof value === 'string' || typeof value === 'boolean' ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(given) as Flags;
}

function defaultOf({ default: value }: Setting<SettingValue>): string {
  return value === undefined || value === false ? '' : ` Default: ${value}.`;
}
