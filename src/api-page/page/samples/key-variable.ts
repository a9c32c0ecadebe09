/** The environment variable from which samples take the key: the one that the server and the command line know. */
export const KEY_VARIABLE = 'agent_runtime_API_KEY';
