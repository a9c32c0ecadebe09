/** Where the console page comes from. */
import { join } from 'node:path';
import { PageFiles } from '../pages/page-files.ts';

/** The name under which build.ts embeds the page. */
export const EMBEDDED_NAME = 'console-page.json.packed';

export const consoleFiles = new PageFiles(EMBEDDED_NAME, join(import.meta.dir, 'bundle.ts'), 'bundlePage');
