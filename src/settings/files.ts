/** Settings of the routes of files. */
import { integer, text, type SettingGroup } from './kinds.ts';

export const FILE_SETTINGS = {
  roots: text(
    'PATH[,PATH…]',
    undefined,
    'Folders that the routes of files are restricted to, whatever the key; commands are not. Default: the whole machine.',
  ),
  'min-free-bytes': integer(
    'BYTES',
    104_857_600,
    0,
    Number.MAX_SAFE_INTEGER,
    'Bytes that the routes of files leave free on a disk: what would leave less is refused (507).',
  ),
} satisfies SettingGroup;
