/** Settings of self-update, and of the supervisor that goes with it. */
import { parseReleaseUrl } from '../core/release-url.ts';
import { integer, seconds, text, toggle, type Setting, type SettingGroup } from './kinds.ts';

/** What comes over anything but https could be held back, though not forged. */
const releaseUrl: Setting<string | undefined> = {
  ...text('URL', undefined, 'Address of releases. Default: the one built into this executable.'),
  parse(value) {
    const url = parseReleaseUrl(value);
    return url.ok ? url.value : undefined;
  },
  expected: 'an address that begins with https://, or with http:// and this machine’s own address, without ? and #',
};

export const UPDATE_SETTINGS = {
  'update-url': releaseUrl,
  'auto-update': seconds(
    0,
    31_536_000,
    'Seconds between automatic checks for a new version, which is installed as soon as nothing is active. 0: never.',
  ),
  wrapper: toggle(
    'Run under a supervisor: it starts the server again after an update or a crash, and restores the old version if a new one fails.',
  ),
  trial: integer(
    'SECONDS',
    60,
    1,
    3600,
    'Seconds for which a new version must answer after an update; otherwise the old one is restored.',
  ),
} satisfies SettingGroup;
