/** The one place that chooses how the machine is looked at. */
import { isWindows } from '../os.ts';
import type { Machine } from './machine.ts';
import { posixMachine } from './posix/machine.ts';
import { windowsMachine } from './windows/machine.ts';

export const machine: Machine = isWindows ? windowsMachine : posixMachine;
