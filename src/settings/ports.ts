/** Settings of the ports of this machine. */
import { text, toggle, type Setting, type SettingGroup } from './kinds.ts';

/** A name of labels as DNS has them, the last of which is not all digits: no address, and nothing below localhost. */
const NAME = /^(?=.{1,240}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const portsHost: Setting<string | undefined> = {
  ...text(
    'NAME',
    undefined,
    'Name before which each port has one of its own for browsers: `ports.example.com` for `https://p3000.ports.example.com`, by a wildcard in DNS and a proxy. With `http://` or another port in front of or behind it. Default: `p3000.localhost`, which reaches the machine that the browser runs on.',
  ),
  parse(value) {
    const url = URL.parse(/^https?:\/\//i.test(value) ? value : `https://${value}`);
    if (url === null || url.href !== `${url.origin}/` || !NAME.test(url.hostname)) return undefined;
    return /(^|\.)localhost$/.test(url.hostname) ? undefined : url.origin;
  },
  expected:
    'a host name such as ports.example.com, with http:// or https:// and a port where they are not https and 443',
};

export const PORT_SETTINGS = {
  'ports-host': portsHost,
  'ports-keep-host': toggle(
    'Pass `Host` on to a port as it came. Otherwise the port is asked as `localhost:PORT`, which development servers insist on.',
  ),
} satisfies SettingGroup;
