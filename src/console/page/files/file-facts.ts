/** Size, times, owner and mode. */
import type { FileEntry } from '../../../protocol/files.ts';
import { h, type Child } from '../element.ts';
import { visibleName } from '../one-line.ts';
import { timeElement } from '../time.ts';
import { bytesText } from '../time-text.ts';

export function fileFacts({
  type,
  size,
  modifiedAt,
  mode,
  owner,
  group,
  readonly,
  target,
  path,
}: FileEntry): HTMLElement {
  const fact = (term: string, ...value: readonly Child[]): HTMLElement =>
    h('div', {}, h('dt', {}, term), h('dd', {}, ...value));
  return h(
    'dl',
    { class: 'facts-list' },
    fact('Path', h('code', { class: 'file-path' }, visibleName(path))),
    type === 'file' && fact('Size', h('span', { title: `${size} bytes` }, bytesText(size))),
    target !== undefined && fact('Link to', h('code', { class: 'file-path' }, visibleName(target))),
    type === 'other' && fact('Kind', 'a pipe, a socket or a device'),
    fact('Changed', timeElement(modifiedAt)),
    owner !== null && fact('Owner', group === null ? owner : `${owner}:${group}`),
    fact('Mode', h('code', {}, mode)),
    readonly && fact('', 'the server may not write it'),
  );
}
