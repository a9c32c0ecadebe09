/** The one place that chooses how pipes are made. */
import { isWindows } from '../os.ts';
import type { Pipes } from './pipes.ts';
import { posixPipes } from './posix/pipes.ts';
import { windowsPipes } from './windows/pipes.ts';

export const { createNamedPipe, openSharedInput, newChannelAddress }: Pipes = isWindows ? windowsPipes : posixPipes;
