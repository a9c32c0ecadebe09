/** Times as people say them; the exact one is the title. */
import { h, setText } from './element.ts';
import { agoText } from './time-text.ts';

const REFRESH_MS = 5000;

/** `seconds` is Unix time. It stays true by itself. */
export function timeElement(seconds: number): HTMLTimeElement {
  const at = new Date(seconds * 1000);
  return h('time', { datetime: at.toISOString(), title: at.toLocaleString(), class: 'ago' }, textOf(at));
}

const textOf = (at: Date): string => agoText((Date.now() - at.getTime()) / 1000);

export function keepTimesTrue(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLTimeElement>('time.ago'))
      setText(element, textOf(new Date(element.dateTime)));
  }, REFRESH_MS);
}
