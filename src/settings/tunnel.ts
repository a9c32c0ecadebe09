/** Settings of the tunnel and of the registration with a dashboard. */
import { text, toggle, type Setting, type SettingGroup } from './kinds.ts';

const dashboardUrl: Setting<string | undefined> = {
  ...text('URL', undefined, 'Dashboard to register this machine with, once the tunnel is open or has failed.'),
  parse(value) {
    const url = URL.parse(value);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
    if (url.username + url.password + url.hash !== '') return undefined;
    return url.search === '' ? url.href.replace(/\/+$/, '') : url.href;
  },
  expected: 'an address that begins with https:// or http://, without user and #',
};

const tunnelId: Setting<string | undefined> = {
  ...text('ID', undefined, 'Id of the devtunnel to use. Default: `devpilot-NAME-PORT`, of the name of this machine.'),
  // Nothing that devtunnel would read as an option.
  parse: (value) => (/^[a-z0-9][a-z0-9.-]{0,79}$/i.test(value) ? value : undefined),
  expected: 'an id of letters, digits, hyphens and dots',
};

export const TUNNEL_SETTINGS = {
  tunnel: toggle('Open a devtunnel, which gives this server a public address. Needs `devtunnel`, logged in.'),
  'tunnel-id': tunnelId,
  register: dashboardUrl,
  'register-insecure': toggle(
    'Send the key to the dashboard of --register even over plain http to another machine, where anybody on the network path can read it.',
  ),
  name: text('NAME', undefined, 'Name under which this machine registers. Default: its host name.'),
} satisfies SettingGroup;
