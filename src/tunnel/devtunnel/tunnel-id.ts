/** The id of this machine's tunnel where none is given: another one would mean another URL at every start. */

/** Characters that devtunnel allows in an id, beyond which it refuses one. */
const LONGEST = 60;

/** `devpilot-<name>-<port>` in lower case, of letters, digits and hyphens alone. */
export function defaultTunnelId(name: string, port: number): string {
  const [begin, end] = ['devpilot-', `-${port}`];
  const cleaned = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  const cut = cleaned.slice(0, LONGEST - begin.length - end.length).replaceAll(/^-+|-+$/g, '');
  return `${begin}${cut === '' ? 'machine' : cut}${end}`;
}
