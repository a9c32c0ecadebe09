import { BUILT } from '../support/built-executable.ts';
import { executable, liveServer } from '../support/doors.ts';
import { realAgentSuite } from './suite-real-agents.ts';

realAgentSuite(BUILT === undefined ? liveServer : executable(BUILT));
