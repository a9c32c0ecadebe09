/** `npm run openapi`: renews openapi.json from the routes, and the settings table of README.md from the settings. */
import { openApiPath, openApiText } from './openapi-text.ts';
import { readmePath, readmeWithSettings } from './readme-settings.ts';

await Bun.write(openApiPath, await openApiText());
await Bun.write(readmePath, readmeWithSettings(await Bun.file(readmePath).text()));
