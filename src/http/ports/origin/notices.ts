/** What a browser is told on the origin of a port where it gets nothing of the port: plain text, for a person. */

const WAY_IN = (port: number): string =>
  `To get in, run "agent-server open ${port}", or open that port in the console. Both ask for a ticket that is good for one minute and one use.`;

const SENTENCES = {
  'not-let-in': {
    status: 401,
    text: (port: number) =>
      `This is port ${port} of a machine, and this browser has not been let in, or its 12 hours are over.\n\n${WAY_IN(port)}`,
  },
  'ticket-invalid': {
    status: 403,
    text: (port: number) => `That ticket was used, is too old, or is not for port ${port}.\n\n${WAY_IN(port)}`,
  },
  'from-elsewhere': {
    status: 403,
    text: (port: number) =>
      `Pages of other origins may not ask port ${port} for anything; a link that opens it as a whole may lead here.`,
  },
  'port-not-allowed': {
    status: 403,
    text: (port: number) => `The key that let this browser in may not reach port ${port}.`,
  },
  'port-is-own': { status: 403, text: (port: number) => `Port ${port} is one of agent-server’s own.` },
  'not-found': { status: 404, text: () => 'Nothing is here: paths below /.agent-server/ are no part of the port.' },
  'method-not-allowed': { status: 405, text: () => 'This address is to be opened in a browser: ask with GET.' },
  'shutting-down': { status: 503, text: () => 'The server is shutting down.' },
} as const satisfies Record<string, { readonly status: number; readonly text: (port: number) => string }>;

export type Notice = keyof typeof SENTENCES;

/** It leads nowhere and can be put in no frame. */
const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export function notice(which: Notice, port: number): Response {
  const { status, text } = SENTENCES[which];
  const more: Readonly<Record<string, string>> =
    status === 401 ? { 'www-authenticate': 'Ticket realm="agent-server"' } : status === 405 ? { allow: 'GET' } : {};
  return new Response(`${text(port)}\n`, { status, headers: { ...HEADERS, ...more } });
}
