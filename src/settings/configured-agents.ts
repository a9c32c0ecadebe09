/**
 * The agents of `config.json`, which no flag or variable can name:
 *
 *   {"agents": {"my-agent": {"name": "My Agent", "command": ["my-agent", "--acp"], "env": {"LEVEL": "3"}}}}
 */
import { fail, ok, type Failure, type Result } from '../core/failure.ts';

/** What the file says of one agent. */
export interface ConfiguredAgent {
  /** For people. Default: the name of the agent of that id that this program knows, else the id. */
  readonly name?: string;
  /** The program, a name on the PATH or a path that counts from the server's working directory, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Laid over the environment of its process. */
  readonly env?: Readonly<Record<string, string>>;
}

export type ConfiguredAgents = Readonly<Record<string, ConfiguredAgent>>;

interface AgentsInvalid extends Failure<'agents-invalid'> {
  readonly message: string;
}

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** `/acp/ws` is the socket of the default agent. */
const WORD_OF_A_PATH = 'ws';
const MAX_NAME_LENGTH = 200;
const FIELDS = ['name', 'command', 'env'];

export function parseConfiguredAgents(value: unknown): Result<ConfiguredAgents, AgentsInvalid> {
  if (!isObject(value)) return invalid('"agents" must be an object of agents by their ids');
  const agents: Record<string, ConfiguredAgent> = {};
  for (const [id, entry] of Object.entries(value)) {
    if (!ID.test(id))
      return invalid(
        `"agents": an id must be 1 to 64 characters of a-z, 0-9 and "-", and begin with a letter or digit, not ${JSON.stringify(id)}`,
      );
    if (id === WORD_OF_A_PATH) return invalid(`"agents": ${id} is no id, as it is part of the paths of sockets`);
    const problem = problemOf(entry);
    if (problem !== undefined) return invalid(`"agents.${id}${problem}`);
    agents[id] = Object.freeze(entry as ConfiguredAgent);
  }
  return ok(Object.freeze(agents));
}

/** What follows `"agents.ID`. */
function problemOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return '" must be an object with "command" and, optionally, "name" and "env"';
  const { name, command, env } = entry;
  const stranger = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (stranger !== undefined) return `" has no field "${stranger}", only ${FIELDS.join(', ')}`;
  if (name !== undefined && (!isText(name) || name.length > MAX_NAME_LENGTH))
    return `.name" must be a string of 1 to ${MAX_NAME_LENGTH} characters`;
  const isCommand = Array.isArray(command) && isText(command[0]) && command.every(isArgument);
  if (!isCommand) return '.command" must be an array of strings, the program first';
  if (env === undefined) return undefined;
  if (!isObject(env)) return '.env" must be an object of strings by names of variables';
  for (const [variable, text] of Object.entries(env)) {
    if (variable === '' || variable.includes('=') || !isArgument(variable))
      return `.env" has an invalid name of a variable: ${JSON.stringify(variable)}`;
    if (!isArgument(text)) return `.env.${variable}" must be a string`;
  }
  return undefined;
}

const invalid = (message: string) => fail({ reason: 'agents-invalid', message } as const);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** What a process can be given: a zero would end it. */
const isArgument = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
const isText = (value: unknown): value is string => isArgument(value) && value !== '';
