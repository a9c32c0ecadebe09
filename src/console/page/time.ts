/** Times relative to now, such as `2 min ago`; the exact time is the title. */
import { h, setText } from './element.ts';
import { agoText } from './time-text.ts';

const REFRESH_MS = 5000;

/** `seconds` is Unix time. `keepTimesCurrent` updates the text. */
export function timeElement(seconds: number): HTMLTimeElement {
  const at = new Date(seconds * 1000);
  return h('time', { datetime: at.toISOString(), title: at.toLocaleString(), class: 'ago' }, textOf(at));
}

const textOf = (at: Date): string => agoText((Date.now() - at.getTime()) / 1000);

export function keepTimesCurrent(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLTimeElement>('time.ago'))
      setText(element, textOf(new Date(element.dateTime)));
  }, REFRESH_MS);
}
