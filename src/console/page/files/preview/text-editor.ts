/**
 * A text that is edited. It is saved only over the version that it was read from: where another one is there by then, the
 * user decides.
 *
 *   editing ──save──▶ saving ──written──▶ editing
 *      │                 └──another version──▶ conflict ──keep mine──▶ saving
 *      └──changed on the machine──────────────────▲   └──load theirs──▶ editing
 */
import { ClientError } from '../../../../client/failure.ts';
import type { FileEntry } from '../../../../protocol/files.ts';
import { announce } from '../../announce.ts';
import { button } from '../../button.ts';
import { confirm } from '../../dialog.ts';
import { h, setChildren, setText } from '../../element.ts';
import type { Context } from '../../view.ts';
import { visibleName } from '../../one-line.ts';
import { tellFailure } from '../failure-text.ts';
import { conflictBar } from './conflict-bar.ts';
import { bytesOf, readText, type EditableText } from './read-text.ts';

export interface TextEditorOptions {
  readonly context: Context;
  readonly path: string;
  readonly base: EditableText;
  readonly saved: (entry: FileEntry) => void;
  readonly closed: () => void;
  readonly signal: AbortSignal;
}

interface Draft {
  readonly text: string;
  readonly base: EditableText;
}

/** What was typed and not saved, by path: another file may have been looked at in between. */
const drafts = new Map<string, Draft>();
export const draftOf = (path: string): Draft | undefined => drafts.get(path);
/** The browser asks before it leaves the page with something that is not saved, also of a file that is not shown. */
const stay = (event: BeforeUnloadEvent): void => void (drafts.size > 0 && event.preventDefault());

export class TextEditor {
  readonly element: HTMLElement;
  readonly #options: TextEditorOptions;
  readonly #field: HTMLTextAreaElement;
  readonly #status = h('span', { class: 'help', role: 'status' });
  readonly #conflict = h('div', { class: 'conflict-place', role: 'alert' });
  readonly #save = button('Save', () => void this.#write(this.#base.version), {
    kind: 'primary',
    title: 'Save (Ctrl S)',
  });
  #base: EditableText;
  #state: 'editing' | 'saving' | 'conflict' = 'editing';

  constructor(options: TextEditorOptions) {
    this.#options = options;
    const draft = drafts.get(options.path);
    this.#base = draft?.base ?? options.base;
    this.#field = h('textarea', {
      class: 'mono text-field',
      'aria-label': `Text of ${options.path}`,
      spellcheck: 'false',
      autocapitalize: 'off',
      autocomplete: 'off',
      wrap: 'off',
    });
    this.#field.value = draft?.text ?? options.base.text;
    this.#field.addEventListener('input', () => this.#typed());
    this.element = h(
      'div',
      { class: 'text-editor' },
      this.#conflict,
      this.#field,
      h(
        'div',
        { class: 'editor-bar' },
        this.#status,
        h(
          'div',
          { class: 'tools' },
          button('Close', () => void this.#close()),
          this.#save,
        ),
      ),
    );
    this.element.addEventListener('keydown', (event) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      if (this.#state === 'editing') void this.#write(this.#base.version);
    });
    addEventListener('beforeunload', stay);
    this.#typed();
    if (draft !== undefined && draft.base.version !== options.base.version) this.#ask(options.base);
  }

  get isEdited(): boolean {
    return this.#field.value !== this.#base.text;
  }

  focus(): void {
    this.#field.focus();
    if (!this.isEdited) this.#field.setSelectionRange(0, 0);
  }

  /** Another program has written it, or deleted it. */
  async changedOutside(version: string | undefined): Promise<void> {
    if (version === this.#base.version || this.#state === 'saving') return;
    const theirs = version === undefined ? undefined : await this.#theirs();
    if (theirs?.version === this.#base.version || this.#options.signal.aborted) return;
    if (!this.isEdited && theirs !== undefined) return this.#load(theirs);
    this.#ask(theirs);
  }

  #typed(): void {
    const { path } = this.#options;
    if (this.isEdited) drafts.set(path, { text: this.#field.value, base: this.#base });
    else drafts.delete(path);
    setText(this.#status, this.isEdited ? 'Not saved' : '');
    this.#save.disabled = !this.isEdited || this.#state !== 'editing';
  }

  async #write(version: string): Promise<void> {
    const { context, path, saved } = this.#options;
    const text = this.#field.value;
    this.#state = 'saving';
    setText(this.#status, 'Saving…');
    try {
      const entry = await context.client.files.write(path, bytesOf(text, this.#base), { version });
      this.#base = { ...this.#base, text, version: entry.version };
      this.#settle();
      if (!this.isEdited) setText(this.#status, 'Saved');
      announce('Saved');
      saved(entry);
    } catch (error) {
      this.#state = 'editing';
      this.#typed();
      const isOther =
        error instanceof ClientError && (error.status === 412 || error.status === 409) && 'version' in bodyOf(error);
      const isGone = error instanceof ClientError && (error.status === 404 || error.status === 412);
      if (isOther || isGone) this.#ask(await this.#theirs());
      else tellFailure(context.connection, error);
    }
  }

  /** Undefined where no text is any more. */
  async #theirs(): Promise<EditableText | undefined> {
    const { context, path } = this.#options;
    try {
      const read = await readText(context.client, { path }, 0);
      return read.kind === 'text' && typeof read.editable !== 'string' ? read.editable : undefined;
    } catch (error) {
      if (!(error instanceof ClientError && error.status === 404)) tellFailure(context.connection, error);
      return undefined;
    }
  }

  #ask(theirs: EditableText | undefined): void {
    this.#state = 'conflict';
    setChildren(
      this.#conflict,
      conflictBar({
        path: this.#options.path,
        theirs: theirs?.text,
        mine: () => this.#field.value,
        keepMine: () => void this.#write(theirs?.version ?? 'none'),
        loadTheirs: () => theirs !== undefined && this.#load(theirs),
      }),
    );
    this.#typed();
  }

  #load(theirs: EditableText): void {
    this.#base = theirs;
    this.#field.value = theirs.text;
    this.#settle();
    setText(this.#status, 'Changed on the machine, and loaded');
    this.#field.focus();
  }

  #settle(): void {
    this.#state = 'editing';
    setChildren(this.#conflict);
    this.#typed();
  }

  async #close(): Promise<void> {
    const { path, closed } = this.#options;
    const isSure =
      !this.isEdited ||
      (await confirm({
        title: 'Discard what is not saved?',
        body: [h('p', { class: 'named mono' }, visibleName(path))],
        yes: 'Discard the changes',
        no: 'Keep editing',
      }));
    if (!isSure) return;
    drafts.delete(path);
    closed();
  }
}

const bodyOf = ({ failure }: ClientError): object => (failure.reason === 'refused' ? failure.body : {});
