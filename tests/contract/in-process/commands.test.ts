import { inProcess } from '../../support/doors.ts';
import { contractSuite } from '../suite.ts';

contractSuite(inProcess, 'commands');
