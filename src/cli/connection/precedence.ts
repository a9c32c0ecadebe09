/** How a verb finds its server and its key, as `--help` tells it; server-choice.ts does it. */
import { CLIENT_KEY_VARIABLE, KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { environmentName } from '../../settings/all.ts';

export const URL_VARIABLE = 'AGENT_SERVER_URL';
export const PROFILE_VARIABLE = 'AGENT_SERVER_PROFILE';
export const KEY_FILE_VARIABLE = 'AGENT_SERVER_KEY_FILE';
export const DATA_DIR_VARIABLE = environmentName('data-dir');
/** Those that hold a key, in the order that counts. */
export const GIVEN_KEY_VARIABLES = [CLIENT_KEY_VARIABLE, ...KEY_VARIABLES] as const;

/** In the order that counts. */
export const PRECEDENCE = [
  [
    'server',
    `The first of: --url; --profile; --data-dir; ${URL_VARIABLE}; ${PROFILE_VARIABLE}; ${DATA_DIR_VARIABLE}; the profile in use; the server of this machine.`,
  ],
  [
    'key',
    `The first of: --key-file; for a profile, its own; ${KEY_FILE_VARIABLE}; ${GIVEN_KEY_VARIABLES.join('; ')}; the key file of this machine.`,
  ],
] as const;
