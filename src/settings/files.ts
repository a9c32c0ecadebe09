/** Settings of the routes of files. */
import { text, type SettingGroup } from './kinds.ts';

export const FILE_SETTINGS = {
  roots: text(
    'PATH[,PATH…]',
    undefined,
    'Folders that the routes of files are restricted to, whatever the key; commands are not. Default: the whole machine.',
  ),
} satisfies SettingGroup;
