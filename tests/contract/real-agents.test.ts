import { liveServer } from '../support/doors.ts';
import { realAgentSuite } from './suite-real-agents.ts';

realAgentSuite(liveServer);
