/** Settings of the inherited command line whose rooms are still to come. */
import { notBuiltYet, text, toggle, type SettingGroup } from './kinds.ts';

export const INHERITED_SETTINGS = {
  name: text('NAME', undefined, 'Name under which this machine registers. Default: its host name.'),
  register: notBuiltYet(text('URL', undefined, 'Dashboard to register with.')),
  tunnel: notBuiltYet(toggle('Open a devtunnel.')),
  'tunnel-id': notBuiltYet(text('ID', undefined, 'Id of the devtunnel to use.')),
} satisfies SettingGroup;
