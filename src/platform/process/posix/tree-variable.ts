/**
 * Names the job in the environment of everything it starts, as CI servers do: what escapes its
 * process group and its parent (`setsid`, a double fork) is still found by it.
 */
export const TREE_VARIABLE = 'AGENT_SERVER_JOB_ID';
