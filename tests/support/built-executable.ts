/** The executable that `npm run build` made, where the environment names one. */
import { test } from 'bun:test';

const named = process.env['AGENT_SERVER_TEST_EXE'] ?? '';

/** Its path; undefined where none is named. */
export const BUILT: string | undefined = named === '' ? undefined : named;

/** Stories of it; one line says so where none is named. */
export function onExecutable(title: string, stories: (path: string) => void): void {
  if (BUILT !== undefined) return stories(BUILT);
  process.stdout.write(`${title}: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n`);
  test.skip(title, () => {});
}
