/** Buttons: with text, or with an icon and a label for screen readers. */
import { h } from './element.ts';
import { icon, type IconName } from './icon.ts';

interface ButtonTraits {
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly icon?: IconName;
  readonly title?: string;
  /** In a form: submits it. Default: does nothing by itself. */
  readonly type?: 'button' | 'submit';
}

export function button(
  text: string,
  press: (() => void) | undefined,
  { kind = 'plain', icon: name, title, type = 'button' }: ButtonTraits = {},
): HTMLButtonElement {
  const on = press === undefined ? {} : { click: press };
  return h(
    'button',
    { type, class: `button ${kind}`, title, on },
    name !== undefined && icon(name),
    h('span', {}, text),
  );
}

export const iconButton = (name: IconName, label: string, press: () => void): HTMLButtonElement =>
  h(
    'button',
    { type: 'button', class: 'button quiet', title: label, 'aria-label': label, on: { click: press } },
    icon(name),
  );

/** A button that is on or off. */
export function toggleButton(
  name: IconName,
  label: string,
  pressed: boolean,
  change: (pressed: boolean) => void,
): HTMLButtonElement {
  const made = iconButton(name, label, () => {
    const now = made.getAttribute('aria-pressed') !== 'true';
    made.setAttribute('aria-pressed', String(now));
    change(now);
  });
  made.setAttribute('aria-pressed', String(pressed));
  return made;
}
