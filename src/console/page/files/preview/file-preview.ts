/**
 * What is in a file, as far as a page can show it.
 *
 *   showing ──edit──▶ editing ──saved and closed, or given up──▶ showing
 */
import type { FileEntry } from '../../../../protocol/files.ts';
import { button } from '../../button.ts';
import { h, setChildren } from '../../element.ts';
import { emptyPlace } from '../../empty.ts';
import type { Context } from '../../view.ts';
import { mayUse } from '../allowed.ts';
import { failureText } from '../failure-text.ts';
import { nameOf, type FilePlace } from '../place.ts';
import { bytesText } from '../../time-text.ts';
import { imagePreview } from './image-preview.ts';
import { imageType, readText, type EditableText, type ReadText } from './read-text.ts';
import { draftOf, TextEditor } from './text-editor.ts';
import { textLines } from './text-lines.ts';

export interface FilePreviewOptions {
  readonly context: Context;
  readonly place: FilePlace;
  readonly saved: (entry: FileEntry) => void;
  readonly signal: AbortSignal;
}

export class FilePreview {
  readonly element = h('div', { class: 'file-preview' });
  readonly editButton = button('Edit', () => this.#edit(), { icon: 'rename', kind: 'primary' });
  readonly #options: FilePreviewOptions;
  #editable: EditableText | undefined;
  #editor: TextEditor | undefined;
  #entry: FileEntry | undefined;
  #shown: AbortController | undefined;

  constructor(options: FilePreviewOptions) {
    this.#options = options;
    this.editButton.hidden = true;
  }

  /** Whether something was typed that is not saved. */
  get isEdited(): boolean {
    return this.#editor?.isEdited === true;
  }

  /** Of the version that is there now. */
  async show(entry: FileEntry): Promise<void> {
    this.#entry = entry;
    if (this.#editor !== undefined) return this.#editor.changedOutside(entry.version);
    this.#shown?.abort();
    this.#shown = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, this.#shown.signal]);
    try {
      const content = await this.#contentOf(entry, signal);
      if (signal.aborted) return;
      setChildren(this.element, ...content);
      this.#offerEdit();
      if (draftOf(this.#options.place.path) !== undefined) this.#edit();
    } catch (error) {
      if (signal.aborted || this.#options.context.connection.explains(error)) return;
      setChildren(this.element, emptyPlace('lock', 'This cannot be shown', failureText(error)));
    }
  }

  /** It was deleted while it was edited. */
  goneOutside(): void {
    void this.#editor?.changedOutside(undefined);
  }

  async #contentOf(entry: FileEntry, signal: AbortSignal): Promise<readonly HTMLElement[]> {
    const { context, place } = this.#options;
    this.#editable = undefined;
    if (entry.type !== 'file') return [nothingInside(entry)];
    if (!mayUse(context.health.value, 'files:read'))
      return [emptyPlace('lock', 'This key may not read files', 'It lacks the scope files:read.')];
    const image = imageType(entry);
    if (image !== undefined && entry.size > 0) return [await imagePreview(context.client, place, image, signal)];
    const read = await readText(context.client, place, entry.size, signal);
    if (read.kind === 'binary')
      return [
        emptyPlace(
          'file',
          'No text',
          `${bytesText(entry.size)} that are neither text nor an image. Download it to open it elsewhere.`,
        ),
      ];
    if (typeof read.editable !== 'string') this.#editable = read.editable;
    return [
      ...this.#notes(read, entry),
      read.text === ''
        ? emptyPlace('file', 'Empty', 'There is nothing in this file.')
        : textLines(read.text, nameOf(place)),
    ];
  }

  #notes({ isCut, editable }: Extract<ReadText, { readonly kind: 'text' }>, entry: FileEntry): HTMLElement[] {
    const notes = [
      isCut ? `The first 1 MiB of ${bytesText(entry.size)} is shown. Download it to see all of it.` : '',
      typeof editable === 'string' && this.#mayWrite() ? editable : '',
    ].filter((one) => one !== '');
    return notes.length === 0 ? [] : [h('p', { class: 'output-note' }, notes.join(' '))];
  }

  #mayWrite(): boolean {
    return mayUse(this.#options.context.health.value, 'files:write');
  }

  #offerEdit(): void {
    const isReadonly = this.#entry?.readonly !== false;
    this.editButton.hidden =
      this.#editable === undefined || !this.#mayWrite() || isReadonly || this.#editor !== undefined;
  }

  #edit(): void {
    const { context, place, saved, signal } = this.#options;
    if (this.#editable === undefined || this.#editor !== undefined) return;
    this.#editor = new TextEditor({
      context,
      path: place.path,
      base: this.#editable,
      saved: (entry) => {
        this.#entry = entry;
        saved(entry);
      },
      closed: () => {
        this.#editor = undefined;
        if (this.#entry !== undefined) void this.show(this.#entry);
      },
      signal,
    });
    setChildren(this.element, this.#editor.element);
    this.#offerEdit();
    this.#editor.focus();
  }
}

const nothingInside = ({ type, target }: FileEntry): HTMLElement =>
  type === 'symlink'
    ? emptyPlace(
        'link',
        'A link that leads nowhere',
        `It leads to ${target ?? 'an unknown place'}, where nothing is, or nothing that this key may use.`,
      )
    : emptyPlace('file', 'Nothing to show', 'A pipe, a socket or a device is not opened.');
