import { liveServer } from '../../support/doors.ts';
import { contractSuite } from '../suite.ts';

contractSuite(liveServer, 'mortal');
