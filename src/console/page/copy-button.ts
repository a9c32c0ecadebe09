/** A button that copies a text, and shows that it has. */
import { announce } from './announce.ts';
import { copyText } from './clipboard.ts';
import { h, setChildren } from './element.ts';
import { icon } from './icon.ts';

const SHOWN_MS = 2000;

/** `copy` may take its time; false says that nothing was copied, and that why not was shown already. */
export function copyButton(label: string, copied: string, copy: () => string | Promise<boolean>): HTMLButtonElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const press = async (): Promise<void> => {
    const text = copy();
    if (!(typeof text === 'string' ? copyText(text) : await text)) return;
    announce(copied);
    setChildren(element, icon('check'), h('span', { 'aria-hidden': 'true' }, 'Copied'));
    clearTimeout(timer);
    timer = setTimeout(() => setChildren(element, icon('copy')), SHOWN_MS);
  };
  const element = h(
    'button',
    { type: 'button', class: 'button quiet', title: label, 'aria-label': label, on: { click: () => void press() } },
    icon('copy'),
  );
  return element;
}
