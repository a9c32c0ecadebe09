/**
 * Opens the page of a port in a tab of its own. Browsers open one without asking only within the press, and the address is
 * asked for first: so the tab is opened empty, cut off from this page, and sent to the address when that is there.
 */
import { ClientError } from '../../../client/failure.ts';
import { copyButton } from '../copy-button.ts';
import { button } from '../button.ts';
import { openDialog } from '../dialog.ts';
import { h, type Child } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { webAddress } from '../web-address.ts';
import { forwardLine } from './forward-line.ts';

export async function openPort(
  { client, connection }: Pick<Context, 'client' | 'connection'>,
  port: number,
): Promise<void> {
  const tab = window.open('about:blank', '_blank');
  // As `noopener` does, which would leave nothing to send anywhere.
  if (tab !== null) tab.opener = null;
  try {
    const url = webAddress((await client.ports.entry(port)).url);
    if (url === undefined) throw new Error('the server gave no address that a browser can open');
    if (tab === null) offerLink(port, url);
    else tab.location.replace(url);
  } catch (error) {
    tab?.close();
    if (error instanceof ClientError && error.status === 409) explainNoName(port);
    else reportFailure(connection, error);
  }
}

/** A link that is pressed is never blocked. */
function offerLink(port: number, url: string): void {
  const link = h('a', { class: 'button primary', href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Open it');
  link.addEventListener('click', () => dialog.close());
  const dialog = show(
    `Port ${port}`,
    h('p', {}, 'This browser did not open a new tab by itself. The link is good once, and for a minute.'),
    h('p', { class: 'port-link' }, link),
  );
}

function explainNoName(port: number): void {
  const line = forwardLine(port, location.href);
  show(
    `Port ${port} has no address for browsers`,
    h(
      'p',
      {},
      'A page of a port gets an origin of its own, so that it cannot read what this page holds. Under the name ',
      h('code', {}, location.hostname),
      ' the server has none to give.',
    ),
    h('p', {}, 'Bring the port onto your own machine:'),
    h(
      'div',
      { class: 'copy-line' },
      h('code', {}, line),
      copyButton('Copy the command', 'The command was copied', () => line),
    ),
    h(
      'p',
      { class: 'help' },
      'Or start the server with --ports-host and a name whose subdomains all lead to it, such as ',
      h('code', {}, '--ports-host https://ports.example.com'),
      '; or open this page under an address of the machine itself, such as ',
      h('code', {}, 'http://localhost:8585'),
      '.',
    ),
  );
}

function show(title: string, ...body: readonly Child[]): HTMLDialogElement {
  const dialog = openDialog({ title, body, buttons: [button('Close', () => dialog.close())] });
  return dialog;
}
