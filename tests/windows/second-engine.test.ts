/** The contract's terminals through the Windows executable, opened by bun-pty. */
import { embeddedLibrarySuite, secondEngineSuite } from '../contract/suite-second-engine.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('terminals by bun-pty through the Windows executable');
if (door !== undefined) {
  secondEngineSuite(door);
  embeddedLibrarySuite(door);
}
