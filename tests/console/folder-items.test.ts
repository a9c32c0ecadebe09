/** The pages of a folder in the tree of files, while it is read anew. */
import { expect, test } from 'bun:test';
import type { Client } from '../../src/client/client.ts';
import { FolderItems } from '../../src/console/page/files/folder-items.ts';

/** Answers of `/files/list`, each of which is held back until it is let go; names are numbers. */
class Lists {
  readonly #waiting: (() => void)[] = [];
  readonly asked: string[] = [];

  readonly client = {
    files: {
      list: (_path: string, { limit, after = '' }: { readonly limit: number; readonly after?: string }) => {
        this.asked.push(`${after}+${limit}`);
        const from = after === '' ? 0 : Number(after);
        const items = Array.from({ length: limit }, (_, at) => ({ name: String(from + at) }));
        const { promise, resolve } = Promise.withResolvers<unknown>();
        this.#waiting.push(() => resolve({ items, next: String(from + limit), skipped: [] }));
        return promise;
      },
    },
  } as unknown as Client;

  async letGo(): Promise<void> {
    this.#waiting.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

/** A folder of which the first page is there. */
async function read() {
  const lists = new Lists();
  const { signal } = new AbortController();
  const folder = new FolderItems({ path: '/a' });
  const first = folder.reload(lists.client, false, signal);
  await lists.letGo();
  await first;
  return { lists, folder, signal };
}

test('who asks for more while the folder is read anew gets it afterwards', async () => {
  const { lists, folder, signal } = await read();
  const anew = folder.reload(lists.client, false, signal);
  await folder.more(lists.client, false, signal);
  await lists.letGo();
  await lists.letGo();
  await anew;
  expect(lists.asked).toEqual(['+500', '+500', '500+500']);
  expect(folder.pages?.items).toHaveLength(1000);
});

test('who asks for more twice gets one page more', async () => {
  const { lists, folder, signal } = await read();
  const more = folder.more(lists.client, false, signal);
  await folder.more(lists.client, false, signal);
  await lists.letGo();
  await more;
  expect(lists.asked).toEqual(['+500', '500+500']);
  expect(folder.state.at).toBe('read');
});

test('each time as much again as is there: ten thousand files are a few presses away', async () => {
  const { lists, folder, signal } = await read();
  for (let press = 0; press < 6; press += 1) {
    const more = folder.more(lists.client, false, signal);
    await lists.letGo();
    await more;
  }
  expect(lists.asked.slice(1)).toEqual([
    '500+500',
    '1000+1000',
    '2000+2000',
    '4000+4000',
    '8000+8000',
    // The server gives no more at once.
    '16000+10000',
  ]);
});
