/** Linux and macOS: two systems that say nearly nothing of this in the same way. */
import type { Machine } from '../machine.ts';
import { linuxMachine } from './linux.ts';
import { macosMachine } from './macos.ts';

export const posixMachine: Machine = process.platform === 'darwin' ? macosMachine : linuxMachine;
