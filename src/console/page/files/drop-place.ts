/** Takes files that are dropped on the view. */
import { h, setText } from '../element.ts';
import { showNotice } from '../notice.ts';
import { visibleName } from '../one-line.ts';
import type { Store } from '../store.ts';
import type { FilePlace } from './place.ts';

export interface DropPlace {
  readonly folder: Store<FilePlace>;
  readonly allowed: () => boolean;
  readonly dropped: (files: readonly File[]) => void;
}

export function dropPlace(element: HTMLElement, { folder, allowed, dropped }: DropPlace): void {
  const text = h('p', {});
  const overlay = h('div', { class: 'drop-overlay', hidden: true }, text);
  element.append(overlay);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  element.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    // Without this the browser would leave the page and show the file.
    event.preventDefault();
    setText(
      text,
      allowed() ? `Drop to upload into ${visibleName(folder.value.path)}` : 'Files cannot be uploaded here',
    );
    overlay.hidden = false;
  });
  element.addEventListener('dragleave', (event) => {
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) overlay.hidden = true;
  });
  element.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    overlay.hidden = true;
    if (!allowed()) return showNotice('Files cannot be uploaded here.');
    const { files, folders } = filesIn(event.dataTransfer);
    if (folders.length > 0)
      showNotice(`Folders are not uploaded: ${folders.join(', ')}. Drop the files in them, or unpack an archive.`);
    if (files.length > 0) dropped(files);
  });
}

function filesIn(transfer: DataTransfer | null) {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of transfer?.items ?? []) {
    const file = item.getAsFile();
    if (file === null) continue;
    if (item.webkitGetAsEntry()?.isDirectory === true) folders.push(file.name);
    else files.push(file);
  }
  return { files, folders };
}
