/** A row of output on the page. Its number and time are drawn by the style sheet, so that they are in no selection. */
import { h, setAttribute } from '../element.ts';
import type { OutputRow } from './output-document.ts';
import { withLinks } from './printed-links.ts';
import { runElement } from './run-element.ts';

export const rowElement = ({ stream, runs, time }: OutputRow): HTMLElement =>
  h(
    'div',
    { class: `line ${stream}`, 'data-time': time === undefined ? undefined : clockText(time) },
    h('a', { class: 'line-number', tabindex: -1 }),
    ...withLinks(runs).map(runElement),
  );

/** `number` is undefined where nobody has counted; `address` leads to the line. */
export function numberRow(element: HTMLElement, number: number | undefined, address: string | undefined): void {
  const link = element.firstElementChild;
  if (link === null) return;
  setAttribute(link, 'data-number', number);
  setAttribute(link, 'href', address);
  setAttribute(link, 'aria-label', number === undefined ? undefined : `Line ${number}`);
}

/** `14:03:07.250`, in the time of whoever looks. */
function clockText(seconds: number): string {
  const at = new Date(seconds * 1000);
  const part = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `${part(at.getHours())}:${part(at.getMinutes())}:${part(at.getSeconds())}.${part(at.getMilliseconds(), 3)}`;
}
