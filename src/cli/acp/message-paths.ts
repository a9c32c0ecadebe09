/**
 * Paths in what the editor sends, made those of the machine on which the agent works. The folder of a session is the one of
 * `--map`, else that of `--cwd`, else the server's own; files that a prompt names are changed by `--map` alone. What the
 * agent sends is left as it is: its paths are those of its machine.
 */
import { isObject, type Message } from './json-rpc.ts';
import { pathOfUri, uriOfPath, type PathMap } from './path-map.ts';

/** Methods that have the folder in which the agent works. */
const WITH_CWD: ReadonlySet<string> = new Set([
  'session/new',
  'session/load',
  'session/resume',
  'session/fork',
  'session/list',
]);

export interface Paths {
  readonly map: PathMap;
  readonly cwd: string | undefined;
}

/** The params themselves where nothing in them changes. */
export function mapParams(method: string, params: Message, paths: Paths, remoteCwd: string | undefined): Message {
  if (WITH_CWD.has(method)) {
    const { cwd } = params;
    if (typeof cwd !== 'string') return params;
    return { ...params, cwd: paths.map(cwd) ?? paths.cwd ?? remoteCwd ?? cwd };
  }
  const { prompt } = params;
  if (method !== 'session/prompt' || !Array.isArray(prompt)) return params;
  const blocks = (prompt as readonly unknown[]).map((block) => mapBlock(block, paths.map));
  return blocks.every((block, at) => block === prompt[at]) ? params : { ...params, prompt: blocks };
}

function mapBlock(block: unknown, map: PathMap): unknown {
  if (!isObject(block)) return block;
  if (block['type'] === 'resource_link') return withUri(block, map);
  const { resource } = block;
  if (block['type'] !== 'resource' || !isObject(resource)) return block;
  const mapped = withUri(resource, map);
  return mapped === resource ? block : { ...block, resource: mapped };
}

function withUri(named: Message, map: PathMap): Message {
  const { uri } = named;
  const found = typeof uri === 'string' ? pathOfUri(uri) : undefined;
  const path = found && map(found.path);
  return found === undefined || path === undefined || path === found.path
    ? named
    : { ...named, uri: uriOfPath(path) + found.tail };
}
