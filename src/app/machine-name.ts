/** The name of this machine. Windows gives it to programs as `COMPUTERNAME`, which devpilot-agent took everywhere. */
import { hostname } from 'node:os';
import type { Environment } from '../core/environment.ts';

export function machineName({ COMPUTERNAME: given }: Environment): string {
  return given === undefined || given === '' ? hostname() : given;
}
