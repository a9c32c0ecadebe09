/** What can be done with a file or a folder; what the key may not do is not offered. */
import type { FileEntry } from '../../../protocol/files.ts';
import { button } from '../button.ts';
import { confirm } from '../dialog.ts';
import { h, setChildren } from '../element.ts';
import { icon } from '../icon.ts';
import { visibleName } from '../one-line.ts';
import { openingDialog, plainField } from '../opening-dialog.ts';
import { saveBlob } from '../save-blob.ts';
import { mayUse } from './allowed.ts';
import { tellFailure } from './failure-text.ts';
import type { FileDetailOptions } from './detail-options.ts';
import { addressOf, nameOf, parentOf, pathIn, type FilePlace } from './place.ts';
import type { FilePreview } from './preview/file-preview.ts';

export function fileActions(options: FileDetailOptions, entry: FileEntry, preview: FilePreview): HTMLElement[] {
  const { context, place } = options;
  const { path, pathBytes } = place;
  const { client, health } = context;
  const save = async (): Promise<void> => {
    const answer = await client.files.read(path, { pathBytes });
    saveBlob(await answer.blob(), nameOf(place));
  };
  const canRead = mayUse(health.value, 'files:read') && entry.type === 'file';
  return [
    preview.editButton,
    ...(canRead ? [downloadButton(options, save)] : []),
    ...moveActions(options, `the file`, false),
  ];
}

export function folderActions(options: FileDetailOptions): HTMLElement[] {
  const { context, place, upload } = options;
  const { path, pathBytes } = place;
  const { client, health } = context;
  const canWrite = mayUse(health.value, 'files:write') && pathBytes === undefined;
  const save = async (): Promise<void> => {
    const answer = await client.files.archive(path, { format: 'zip' });
    saveBlob(await answer.blob(), `${nameOf(place).replace(/[\\/:]/g, '') || 'files'}.zip`);
  };
  const pick = h('input', {
    type: 'file',
    multiple: true,
    hidden: true,
    'aria-label': 'Files to upload',
    on: {
      change: () => {
        upload([...(pick.files ?? [])], path);
        pick.value = '';
      },
    },
  });
  return [
    ...(canWrite
      ? [
          button('Upload', () => pick.click(), { icon: 'upload', kind: 'primary' }),
          pick,
          button('New folder', () => newFolder(options), { icon: 'add' }),
        ]
      : []),
    ...(mayUse(health.value, 'files:read') && pathBytes === undefined
      ? [downloadButton(options, save, { title: 'Download as a zip archive' })]
      : []),
    ...moveActions(options, 'the folder', true),
  ];
}

/** The page fetches all of it before the browser can save it: until then the button says so, and fetches it once. */
function downloadButton(
  options: FileDetailOptions,
  save: () => Promise<void>,
  traits: { readonly title?: string } = {},
): HTMLElement {
  let isUnderWay = false;
  const show = (underWay: boolean): void => {
    isUnderWay = underWay;
    setChildren(made, icon('download'), h('span', {}, underWay ? 'Downloading…' : 'Download'));
  };
  const made = button(
    'Download',
    () => {
      if (isUnderWay) return;
      show(true);
      attempt(options, () => save().finally(() => show(false)));
    },
    { icon: 'download', ...traits },
  );
  return made;
}

function moveActions(options: FileDetailOptions, what: string, isFolder: boolean): HTMLElement[] {
  const { context, place } = options;
  const above = parentOf(place);
  if (!mayUse(context.health.value, 'files:write') || place.pathBytes !== undefined || above === undefined) return [];
  return [
    button('Rename', () => rename(options, above), { icon: 'rename' }),
    button('Delete', () => attempt(options, () => remove(options, above, what, isFolder)), {
      icon: 'trash',
      kind: 'danger',
    }),
  ];
}

function newFolder({ context, place, changed }: FileDetailOptions): void {
  const name = plainField('name', '');
  openingDialog({
    title: 'New folder',
    action: 'Make the folder',
    connection: context.connection,
    fields: [h('label', {}, h('span', {}, 'Name'), name)],
    incomplete: () => problemOf(name.value),
    open: async () => (await context.client.files.mkdir(pathIn(place.path, name.value))).path,
    opened(path) {
      changed(place.path);
      location.hash = addressOf({ path });
    },
  });
  name.focus();
}

function rename({ context, place, changed }: FileDetailOptions, above: FilePlace): void {
  const old = nameOf(place);
  const name = plainField('name', '');
  name.value = old;
  openingDialog({
    title: 'Rename',
    action: 'Rename',
    connection: context.connection,
    fields: [h('p', { class: 'named mono' }, visibleName(old)), h('label', {}, h('span', {}, 'New name'), name)],
    incomplete: () => (name.value === old ? 'That is its name already.' : problemOf(name.value)),
    open: async () => (await context.client.files.move(place.path, pathIn(above.path, name.value))).path,
    opened(path) {
      changed(above.path);
      location.hash = addressOf({ path });
    },
  });
  name.focus();
  const dot = old.lastIndexOf('.');
  name.setSelectionRange(0, dot > 0 ? dot : old.length);
}

async function remove(
  { context, place, changed }: FileDetailOptions,
  above: FilePlace,
  what: string,
  recursive: boolean,
): Promise<void> {
  const agreed = await confirm({
    title: `Delete ${what} ${visibleName(nameOf(place))}?`,
    body: [
      h('p', { class: 'named mono' }, visibleName(place.path)),
      h(
        'p',
        {},
        recursive
          ? 'The folder and everything in it are deleted, at any depth. There is no way back.'
          : 'There is no way back.',
      ),
    ],
    yes: `Delete ${what}`,
    no: `Keep ${what}`,
  });
  if (!agreed) return;
  await context.client.files.delete(place.path, { recursive });
  changed(above.path);
  location.hash = addressOf(above);
}

/** The server has the last word. */
const problemOf = (name: string): string | undefined => {
  if (name.trim() === '') return 'Type a name.';
  return name.includes('/') || name === '.' || name === '..' ? 'A name has no / and is neither . nor ..' : undefined;
};

function attempt({ context }: FileDetailOptions, act: () => Promise<void>): void {
  act().catch((error: unknown) => tellFailure(context.connection, error));
}
