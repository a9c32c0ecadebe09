/** The stories of sessions, tried in process with every shell that this machine has; tests/windows has the other ones. */
import { describe } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { DIALECTS, environmentWith, shellPath } from './dialects.ts';
import { sessionStories } from './session-stories.ts';

for (const words of DIALECTS) {
  const path = shellPath(words.name);
  if (path === undefined) {
    console.log(`${words.name}: skipped, it is not on this machine`);
    continue;
  }
  describe(words.name, () => sessionStories(words, { door: inProcess, env: environmentWith(path) }));
}
