/**
 * Where the console page comes from: out of the executable, or, from source, out of the bundler. Read when it is first
 * asked for, because most starts of a server show no page.
 */
import type { PageFile } from './bundle.ts';

/** The name under which build.ts embeds the page; the executable knows it with a hash inside. */
export const EMBEDDED_NAME = 'console-page.json.packed';
const EMBEDDED = /^console-page\.json(-\w+)?\.packed$/;

export interface ReadyFile {
  readonly type: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Changes with the content. */
  readonly etag: string;
}

let ready: Promise<ReadonlyMap<string, ReadyFile>> | undefined;

/** The file of that name, the page itself under the empty one. */
export async function pageFile(name: string): Promise<ReadyFile | undefined> {
  ready ??= load();
  try {
    return (await ready).get(name);
  } catch (error) {
    // A source that does not bundle is being edited: the next request tries again.
    ready = undefined;
    throw error;
  }
}

async function load(): Promise<ReadonlyMap<string, ReadyFile>> {
  const embedded = Bun.embeddedFiles.find((file) => 'name' in file && EMBEDDED.test(String(file.name)));
  const files =
    embedded === undefined
      ? await (await import('./bundle.ts')).bundlePage()
      : ((await embedded.json()) as readonly PageFile[]);
  return new Map(
    files.map(({ name, type, gzip }) => {
      const bytes = Buffer.from(gzip, 'base64');
      return [name, { type, gzip: bytes, etag: `"${Bun.hash(bytes).toString(16)}"` }];
    }),
  );
}
