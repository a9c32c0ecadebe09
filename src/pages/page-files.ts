/**
 * Where a page comes from: out of the executable, or, from source, out of the bundler. Read when it is first asked
 * for, because most starts of a server show no page.
 */
import type { PageFile } from './page-file.ts';

export interface ReadyFile {
  readonly type: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Changes with the content. */
  readonly etag: string;
}

export class PageFiles {
  readonly #embedded: RegExp;
  readonly #bundle: () => Promise<readonly PageFile[]>;
  #ready: Promise<ReadonlyMap<string, ReadyFile>> | undefined;

  /** `embeddedName`: such as `console-page.json.packed`, under which build.ts embeds the page. */
  constructor(embeddedName: string, bundle: () => Promise<readonly PageFile[]>) {
    const [name = '', type = '', ending = ''] = embeddedName.split('.');
    // The executable knows it with a hash inside.
    this.#embedded = new RegExp(`^${name}\\.${type}(-\\w+)?\\.${ending}$`);
    this.#bundle = bundle;
  }

  /** The file of that name, the page itself under the empty one. */
  async file(name: string): Promise<ReadyFile | undefined> {
    this.#ready ??= this.#load();
    try {
      return (await this.#ready).get(name);
    } catch (error) {
      // A source that does not bundle is being edited: the next request tries again.
      this.#ready = undefined;
      throw error;
    }
  }

  async #load(): Promise<ReadonlyMap<string, ReadyFile>> {
    const embedded = Bun.embeddedFiles.find((file) => 'name' in file && this.#embedded.test(String(file.name)));
    const files = embedded === undefined ? await this.#bundle() : ((await embedded.json()) as readonly PageFile[]);
    return new Map(
      files.map(({ name, type, gzip }) => {
        const bytes = Buffer.from(gzip, 'base64');
        return [name, { type, gzip: bytes, etag: `"${Bun.hash(bytes).toString(16)}"` }];
      }),
    );
  }
}
