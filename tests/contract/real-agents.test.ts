import { executable, liveServer } from '../support/doors.ts';
import { realAgentSuite } from './suite-real-agents.ts';

const path = process.env['AGENT_SERVER_TEST_EXE'];
realAgentSuite(path === undefined || path === '' ? liveServer : executable(path));
