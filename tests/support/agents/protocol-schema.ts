/** The protocol's own JSON Schema, for what we send: the SDK brings it. */
import { Compile } from 'typebox/compile';
import schema from '@agentclientprotocol/sdk/schema/v1/schema.json' with { type: 'json' };

type Fields = Readonly<Record<string, unknown>>;
type Definition = Fields & { readonly 'x-method'?: string; readonly 'x-side'?: string };

const DEFINITIONS = Object.entries(schema.$defs as Readonly<Record<string, Definition>>);
const validators = new Map<string, ReturnType<typeof Compile>>();

/** Holds the messages of one connection to the schema, in both directions. */
export class ProtocolCheck {
  /** Requests of the agent that we have to answer, by their ids. */
  readonly #asked = new Map<unknown, string>();

  /** The agent sends this. */
  received({ id, method }: Fields): void {
    if (typeof method === 'string' && id !== undefined) this.#asked.set(id, method);
  }

  /** We send this: a sentence for what is wrong with it. */
  sent({ id, method, params, result }: Fields): string | undefined {
    if (typeof method === 'string') return problemWith(method, id === undefined ? 'Notification' : 'Request', params);
    const answered = this.#asked.get(id);
    return answered === undefined || result === undefined ? undefined : problemWith(answered, 'Response', result);
  }
}

function problemWith(method: string, kind: string, value: unknown): string | undefined {
  const name = DEFINITIONS.find(([one, { 'x-method': of }]) => of === method && one.endsWith(kind))?.[0];
  // A method beyond the stable schema, such as session/set_model.
  if (name === undefined) return undefined;
  const validator = validators.get(name) ?? Compile({ $defs: schema.$defs, $ref: `#/$defs/${name}` });
  validators.set(name, validator);
  if (validator.Check(value)) return undefined;
  const [first] = validator.Errors(value);
  return `${method}: ${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'} in ${JSON.stringify(value)}`;
}
