/** The whole inherited command line once more, with the executable that `npm run build` made. */
import { test } from 'bun:test';
import { resolve } from 'node:path';
import { wholeStory } from './whole-story.ts';

const title = 'a new machine becomes known to its dashboard, and stays known: executable';
const path = process.env['AGENT_SERVER_TEST_EXE'] ?? '';
if (path === '') {
  process.stdout.write(`${title}: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n`);
  test.skip(title, () => {});
} else test(title, () => wholeStory([resolve(path)]), 90_000);
