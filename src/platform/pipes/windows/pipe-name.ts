/** A name for a pipe that cannot be taken yet. It is no secret: everybody can list the names of all pipes. */
import { randomBytes } from 'node:crypto';

export const PIPE_PREFIX = '\\\\.\\pipe\\';

export const newPipeName = (): string => `${PIPE_PREFIX}agent-server-${randomBytes(16).toString('hex')}`;
