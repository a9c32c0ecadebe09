/** The line that brings a port onto the machine of whoever reads this page. */

/** `pageUrl`: where the page lives. Without an address the command line means the server of its own machine. */
export function forwardLine(port: number, pageUrl: string): string {
  const { hostname, protocol, href } = new URL('.', pageUrl);
  const isHere = protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return isHere ? `agent-server forward ${port}` : `agent-server forward ${port} --url ${href.replace(/\/$/, '')}`;
}
