/** A name for a pipe that cannot be taken yet. It is no secret: everybody can list the names of all pipes. */
import { secureRandom } from '../../../core/id.ts';

export const PIPE_PREFIX = '\\\\.\\pipe\\';

export const newPipeName = (): string => `${PIPE_PREFIX}agent-server-${secureRandom(16).toHex()}`;
