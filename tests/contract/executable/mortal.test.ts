import { onExecutable } from '../../support/built-executable.ts';
import { executable } from '../../support/doors.ts';
import { contractSuite } from '../suite.ts';

onExecutable('the contract, executable: mortal', (path) => contractSuite(executable(path), 'mortal'));
