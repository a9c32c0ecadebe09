/** A folder on the machine, and the page that shows it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import type { Rig } from '../support/rig.ts';
import type { OpenPage, WatchedPage } from './chromium.ts';

/** Made of names and contents; a name that ends with a slash is a folder. */
export function folderOf(rig: Rig, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = rig.path(`files-${crypto.randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) mkdirSync(join(folder, name), { recursive: true });
    else writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Opened at this path, with this key, once the tree is there. */
export async function openFiles(
  open: OpenPage,
  rig: Rig,
  path: string,
  { key = rig.key, ...options }: BrowserContextOptions & { readonly key?: string } = {},
): Promise<WatchedPage> {
  const watched = await open(`${rig.url}/#/files/${encodeURIComponent(path)}`, options);
  await watched.unlock(key);
  await watched.page.locator('.file:not([aria-busy])').waitFor();
  return watched;
}
