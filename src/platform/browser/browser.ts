/** The browser of whoever sits at this machine. */
import type { Environment } from '../../core/environment.ts';

/** The program that shows an address in it, with its arguments; undefined: there is no desktop here. */
export type BrowserCommand = (address: string, env: Environment) => readonly string[] | undefined;
