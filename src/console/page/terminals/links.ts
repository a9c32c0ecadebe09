/** Addresses in a terminal: http and https, in a tab of their own that knows nothing of this one. */
import type { ILinkHandler } from '@xterm/xterm';
import { confirm } from '../dialog.ts';
import { h } from '../element.ts';

export function openLink(address: string): void {
  if (isWeb(address)) window.open(address, '_blank', 'noopener,noreferrer');
}

/** Links whose text says something else than where they lead (OSC 8): the address is shown, and asked about. */
export const hiddenLinks: ILinkHandler = {
  allowNonHttpProtocols: false,
  activate: (_event, address) => void askAndOpen(address),
};

async function askAndOpen(address: string): Promise<void> {
  if (!isWeb(address)) return;
  const agreed = await confirm({
    title: 'Open this link?',
    body: [h('p', { class: 'address mono' }, address)],
    yes: 'Open it in a new tab',
    no: 'Do not open it',
    kind: 'primary',
  });
  if (agreed) openLink(address);
}

function isWeb(address: string): boolean {
  const protocol = URL.parse(address)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
