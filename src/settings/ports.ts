/** Settings of the ports of this machine. */
import { toggle, type SettingGroup } from './kinds.ts';

export const PORT_SETTINGS = {
  'ports-keep-host': toggle(
    'Pass `Host` on to a port as it came. Otherwise the port is asked as `localhost:PORT`, which development servers insist on.',
  ),
} satisfies SettingGroup;
