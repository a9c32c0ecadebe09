/** The stories of sessions, through the Windows executable. */
import { describe } from 'bun:test';
import { CMD } from '../shells/dialects.ts';
import { sessionStories } from '../shells/session-stories.ts';
import { openExecutable } from './executable.ts';
import { World } from './world.ts';

const door = await openExecutable('the stories of sessions through the Windows executable');
if (door !== undefined) {
  const driver = await World.driverPath();
  // Wine's `type` takes what it copies for text.
  const words = { ...CMD, tenMillionBytes: () => `"${driver}" __flood 10000000` };
  describe('cmd', () => sessionStories(words, { door, env: {} }));
}
