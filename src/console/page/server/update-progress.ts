/** How far the download of a new version is. Outside of live regions, since it changes every second. */
import type { UpdateResource } from '../../../protocol/update.ts';
import { h, setAttribute, setText } from '../element.ts';
import { bytesText } from '../time-text.ts';

export function updateProgress() {
  const bar = h('progress', { 'aria-label': 'Download' });
  const text = h('span', {});
  const element = h('div', { class: 'update-progress', hidden: true }, bar, text);
  return {
    element,
    show(download: UpdateResource['download']): void {
      element.hidden = download === undefined;
      if (download === undefined) return;
      const { receivedBytes, totalBytes } = download;
      setAttribute(bar, 'max', totalBytes);
      setAttribute(bar, 'value', receivedBytes);
      setText(text, `${bytesText(receivedBytes)} of ${bytesText(totalBytes)}`);
    },
  };
}
