/**
 * Names the tree in the environment of everything that is started in it, as CI servers do: what escapes its process
 * group and its parent (`setsid`, a double fork) is still found by it.
 */
export const TREE_VARIABLE = 'AGENT_SERVER_TREE_ID';

/** What the variable was called before. Processes that an earlier build has started outlive its replacement by this one. */
const FORMER_TREE_VARIABLE = 'AGENT_SERVER_JOB_ID';

/**
 * The tree that an environment names: variables as `NAME=value`, with `separator` between them. A process with both
 * variables was started by this build within a tree of an earlier one: it belongs to the inner tree.
 */
export function treeIdIn(environment: string, separator: string): string | undefined {
  const text = separator + environment;
  return valueIn(text, TREE_VARIABLE, separator) ?? valueIn(text, FORMER_TREE_VARIABLE, separator);
}

function valueIn(text: string, name: string, separator: string): string | undefined {
  const prefix = `${separator}${name}=`;
  const start = text.indexOf(prefix);
  return start === -1 ? undefined : text.slice(start + prefix.length).split(separator, 1)[0];
}
