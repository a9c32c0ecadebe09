/** A name for a pipe that nobody can have taken before. It is no secret: the names of all pipes can be listed. */
import { randomBytes } from 'node:crypto';

export const PIPE_PREFIX = '\\\\.\\pipe\\';

export const newPipeName = (): string => `${PIPE_PREFIX}agent-server-${randomBytes(16).toString('hex')}`;
