/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What keeps a value that a caller sent from being an environment; undefined when nothing does. */
export function environmentProblem(env: unknown): string | undefined {
  const notPairs = 'env must be an object of string key/value pairs';
  if (typeof env !== 'object' || env === null || Array.isArray(env)) return notPairs;
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string') return notPairs;
    if (name === '' || name.includes('=')) return 'env: a name may not be empty or contain "="';
  }
  return undefined;
}

/** Says to a server that it has a supervisor, and which protocol that speaks (updater/supervision.ts). */
export const SUPERVISOR_VARIABLE = 'AGENT_SERVER_SUPERVISOR';
