import { BUILT, onExecutable } from '../support/built-executable.ts';
import { executable, liveServer } from '../support/doors.ts';
import { embeddedLibrarySuite, secondEngineSuite } from './suite-second-engine.ts';

secondEngineSuite(BUILT === undefined ? liveServer : executable(BUILT));
onExecutable('the library of bun-pty, executable', (path) => embeddedLibrarySuite(executable(path)));
