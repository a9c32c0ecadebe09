/** The contract suite through the Windows executable. Resize and Ctrl-C have no part in it: Wine has neither. */
import { contractSuite } from '../contract/suite.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('the contract through the Windows executable');
if (door !== undefined) contractSuite(door);
