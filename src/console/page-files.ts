/** Where the console page comes from. */
import { PageFiles } from '../pages/page-files.ts';

/** The name under which build.ts embeds the page. */
export const EMBEDDED_NAME = 'console-page.json.packed';

export const consoleFiles = new PageFiles(EMBEDDED_NAME, async () => (await import('./bundle.ts')).bundlePage());
