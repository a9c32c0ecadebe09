/** Where the API page comes from. */
import { join } from 'node:path';
import { PageFiles } from '../pages/page-files.ts';

/** The name under which build.ts embeds the page. */
export const EMBEDDED_NAME = 'api-page.json.packed';

export const apiPageFiles = new PageFiles(EMBEDDED_NAME, join(import.meta.dir, 'bundle.ts'), 'bundleApiPage');
