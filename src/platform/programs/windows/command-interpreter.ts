/** Where cmd.exe is. */
import { win32 } from 'node:path';
import type { Environment } from '../../../core/environment.ts';

/** `%ComSpec%`, or the place it has by default where that is no absolute path. */
export function commandInterpreter(env: Environment): string {
  const comSpec = variable(env, 'COMSPEC');
  if (comSpec !== undefined && win32.isAbsolute(comSpec)) return comSpec;
  return win32.join(variable(env, 'SYSTEMROOT') ?? 'C:\\Windows', 'system32', 'cmd.exe');
}

/** Upper and lower case are the same in the names of variables. Of several spellings the one laid over last counts. */
export function variable(env: Environment, upperName: string): string | undefined {
  return Object.entries(env).findLast(([name]) => name.toUpperCase() === upperName)?.[1];
}
