import { executable, liveServer } from '../support/doors.ts';
import { embeddedLibrarySuite, secondEngineSuite } from './suite-second-engine.ts';

const path = process.env['AGENT_SERVER_TEST_EXE'];
if (path === undefined || path === '') {
  process.stdout.write('bun-pty in an executable: skipped, AGENT_SERVER_TEST_EXE does not name one\n');
  secondEngineSuite(liveServer);
} else {
  secondEngineSuite(executable(path));
  embeddedLibrarySuite(executable(path));
}
