/**
 * Where a page comes from: out of the executable, or, from source, out of the bundler. Read when it is first asked
 * for, because most starts of a server show no page.
 */
import { ok, type Result } from '../core/failure.ts';
import { bundleApart, type PageFailure } from './bundle-apart.ts';
import type { PageFile } from './page-file.ts';

export interface ReadyFile {
  readonly type: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Changes with the content. */
  readonly etag: string;
}

type Ready = Result<ReadonlyMap<string, ReadyFile>, PageFailure>;

export class PageFiles {
  readonly #embedded: RegExp;
  readonly #bundle: () => ReturnType<typeof bundleApart>;
  #ready: Promise<Ready> | undefined;

  /**
   * `embeddedName`: such as `console-page.json.packed`, under which build.ts embeds the page; `module` and `maker`: what
   * makes it from source, as bundle-apart.ts takes it.
   */
  constructor(embeddedName: string, module: string, maker: string) {
    const [name = '', type = '', ending = ''] = embeddedName.split('.');
    // The executable knows it with a hash inside.
    this.#embedded = new RegExp(`^${name}\\.${type}(-\\w+)?\\.${ending}$`);
    this.#bundle = () => bundleApart(module, maker);
  }

  /** The file of that name, the page itself under the empty one. */
  async file(name: string): Promise<Result<ReadyFile | undefined, PageFailure>> {
    const ready = await (this.#ready ??= this.#load());
    if (ready.ok) return ok(ready.value.get(name));
    // A source that does not bundle is being edited, and the system may have more descriptors by then: the next request tries again.
    this.#ready = undefined;
    return ready;
  }

  async #load(): Promise<Ready> {
    const embedded = Bun.embeddedFiles.find((file) => 'name' in file && this.#embedded.test(String(file.name)));
    const made = embedded === undefined ? await this.#bundle() : ok((await embedded.json()) as readonly PageFile[]);
    return made.ok ? ok(readyFiles(made.value)) : made;
  }
}

const readyFiles = (files: readonly PageFile[]): ReadonlyMap<string, ReadyFile> =>
  new Map(
    files.map(({ name, type, gzip }) => {
      const bytes = Buffer.from(gzip, 'base64');
      return [name, { type, gzip: bytes, etag: `"${Bun.hash(bytes).toString(16)}"` }];
    }),
  );
