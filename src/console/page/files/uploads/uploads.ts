/** Files on their way to the machine, one after the other, whichever view is shown. They end with the key of the page. */
import type { Client } from '../../../../client/client.ts';
import { ClientError } from '../../../../client/failure.ts';
import { announce } from '../../announce.ts';
import { button } from '../../button.ts';
import { h, setText } from '../../element.ts';
import { Store } from '../../store.ts';
import type { Context } from '../../view.ts';
import { failureText } from '../failure-text.ts';
import { pathIn } from '../place.ts';
import { askOverwrite } from './ask-overwrite.ts';
import { sendFile } from './send-file.ts';
import { uploadRow, type UploadRow } from './upload-row.ts';

interface Upload {
  readonly file: File;
  readonly folder: string;
  readonly path: string;
  readonly row: UploadRow;
  readonly stop: AbortController;
  readonly begun: { id?: string };
  version: string;
}

const all = new WeakMap<Client, Uploads>();

export function uploadsOf(context: Context): Uploads {
  const known = all.get(context.client) ?? new Uploads(context);
  all.set(context.client, known);
  return known;
}

class Uploads {
  readonly element = h('section', { class: 'uploads', 'aria-label': 'Uploads', hidden: true });
  /** The folder that a file has come into. */
  readonly done = new Store<string | undefined>(undefined);
  readonly #context: Context;
  readonly #title = h('h3', {});
  readonly #list = h('ul', {});
  readonly #clear = button('Clear the list', () => {
    this.#list.replaceChildren();
    this.#showTitle();
  });
  readonly #waiting: Upload[] = [];
  readonly #over = new AbortController();
  #sending = false;
  #forAll: boolean | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.element.append(h('div', { class: 'uploads-bar' }, this.#title, this.#clear), this.#list);
    const stay = (event: BeforeUnloadEvent): void => void (this.#sending && event.preventDefault());
    addEventListener('beforeunload', stay, { signal: this.#over.signal });
    context.connection.state.watch(this.#over.signal, ({ at }) => at === 'locked' && this.#over.abort());
  }

  add(files: readonly File[], folder: string): void {
    for (const file of files) {
      const path = pathIn(folder, file.name);
      const stop = new AbortController();
      const upload: Upload = {
        file,
        folder,
        path,
        stop,
        begun: {},
        version: 'none',
        row: uploadRow(
          path,
          file,
          () => this.#remove(upload),
          () => this.#enqueue(upload),
        ),
      };
      this.#list.append(upload.row.element);
      this.#enqueue(upload);
    }
  }

  #enqueue(upload: Upload): void {
    upload.row.show({ at: 'waiting' });
    this.#waiting.push(upload);
    this.#showTitle();
    if (!this.#sending) void this.#run();
  }

  async #run(): Promise<void> {
    this.#sending = true;
    for (
      let next = this.#waiting.shift();
      next !== undefined && !this.#over.signal.aborted;
      next = this.#waiting.shift()
    ) {
      await this.#send(next);
      this.#showTitle();
    }
    this.#sending = false;
    this.#forAll = undefined;
    this.#showTitle();
  }

  async #send(upload: Upload): Promise<void> {
    const { client, connection } = this.#context;
    const { file, path, row, begun } = upload;
    const signal = AbortSignal.any([upload.stop.signal, this.#over.signal]);
    for (;;) {
      row.show({ at: 'sending', bytes: 0 });
      try {
        await this.#refuseLate(upload, signal);
        const progress = (bytes: number): void => row.show({ at: 'sending', bytes });
        await sendFile({ client, file, path, version: upload.version, begun, progress, signal });
        row.show({ at: 'done' });
        announce(`${file.name} was uploaded`);
        // Told anew also where the one before went into the same folder.
        this.done.set(undefined);
        return this.done.set(upload.folder);
      } catch (error) {
        if (signal.aborted) return;
        const there = versionIn(error);
        if (there === undefined) {
          connection.explains(error);
          return row.show({ at: 'failed', text: failureText(error) });
        }
        if (!(await this.#mayOverwrite(upload, signal))) return row.show({ at: 'skipped' });
        delete begun.id;
        upload.version = there;
      }
    }
  }

  /** A large file is compared with what is there before all of it is sent. */
  async #refuseLate({ path, version, begun, file }: Upload, signal: AbortSignal): Promise<void> {
    if (file.size < LARGE || version !== 'none' || begun.id !== undefined) return;
    const [item] = await this.#context.client.files.statMany([path], { follow: true, signal });
    if (item?.ok === true) throw new Occupied(item.entry.version);
  }

  async #mayOverwrite({ path }: Upload, signal: AbortSignal): Promise<boolean> {
    if (this.#forAll !== undefined) return this.#forAll;
    const { overwrite, forAll } = await askOverwrite(path, this.#waiting.length > 0, signal);
    if (forAll) this.#forAll = overwrite;
    return overwrite;
  }

  #remove(upload: Upload): void {
    upload.stop.abort();
    upload.row.element.remove();
    const at = this.#waiting.indexOf(upload);
    if (at >= 0) this.#waiting.splice(at, 1);
    const { id } = upload.begun;
    // One that is finished is no more; what is left over ends by itself after a day.
    if (id !== undefined) this.#context.client.files.uploads.drop(id).catch(() => undefined);
    this.#showTitle();
  }

  #showTitle(): void {
    const { childElementCount: count } = this.#list;
    this.element.hidden = count === 0;
    this.#clear.disabled = this.#sending;
    const left = this.#waiting.length + (this.#sending ? 1 : 0);
    setText(this.#title, left > 0 && this.#sending ? `Uploading, ${left} to go` : 'Uploads');
  }
}

const LARGE = 1024 * 1024;

class Occupied extends Error {
  readonly version: string;

  constructor(version: string) {
    super('a file of that name is there');
    this.version = version;
  }
}

function versionIn(error: unknown): string | undefined {
  if (error instanceof Occupied) return error.version;
  if (!(error instanceof ClientError) || error.failure.reason !== 'refused' || error.status !== 412) return undefined;
  const { version } = error.failure.body;
  return typeof version === 'string' ? version : undefined;
}
