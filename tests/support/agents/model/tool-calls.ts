/** Each agent names its tools and their parameters in its own way: finding the shell, and the tool that makes a file. */

export interface Tool {
  readonly name: string;
  /** JSON schema of its input. */
  readonly schema: ObjectSchema;
}

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
}

const SHELL = /^(bash|shell|shell_command|run_shell_command|run_command|execute_command|terminal)$/i;
const WRITE = /^(write|write_file|write_to_file|create|create_file)$/i;

/** Pattern of a parameter's name → its value. */
type Known = readonly (readonly [RegExp, unknown])[];

export function shellCall(tools: readonly Tool[], command: string): ToolCall | undefined {
  return callOf(tools, SHELL, [[/^(command|cmd)$/, command]]);
}

export function writeCall(tools: readonly Tool[], path: string, text: string): ToolCall | undefined {
  return callOf(tools, WRITE, [
    [/^(path|file_?path|absolute_path|target_file)$/i, path],
    [/^(contents?|file_text|file_content|text)$/, text],
  ]);
}

function callOf(tools: readonly Tool[], pattern: RegExp, known: Known): ToolCall | undefined {
  const tool = tools.find(({ name }) => pattern.test(name));
  return tool && { name: tool.name, input: inputFor(tool.schema, known) };
}

/** What is known, and something for each other parameter that must be there. */
function inputFor({ properties = {}, required = [] }: ObjectSchema, known: Known): ToolCall['input'] {
  const input: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const value = known.find(([pattern]) => pattern.test(name));
    if (value !== undefined) input[name] = value[1];
    else if (required.includes(name)) input[name] = somethingFor(schema);
  }
  return input;
}

function somethingFor(schema: PropertySchema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  const type = [schema.type ?? 'string'].flat().find((each) => each !== 'null');
  const values: Record<string, unknown> = { boolean: false, number: 1, integer: 1, array: [], object: {} };
  return values[type ?? ''] ?? 'fake step';
}
