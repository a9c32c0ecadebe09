/** The contract suite through the Windows executable. Resize and Ctrl-C have no part in it: Wine has neither. */
import { CONTRACT_PARTS, contractSuite } from '../contract/suite.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('the contract through the Windows executable');
if (door !== undefined) for (const part of CONTRACT_PARTS) contractSuite(door, part);
