/** The key that a command line means: by its id, else by its name, else as it was given, for the server to refuse. */
import type { Client } from '../../client/client.ts';

export async function findKeyId(client: Client, given: string): Promise<string> {
  const keys = await client.keys.list();
  if (keys.some(({ id }) => id === given)) return given;
  const named = keys.filter(({ name }) => name === given);
  // The valid one goes before one of the same name that has expired.
  return (named.find(({ expired }) => !expired) ?? named[0])?.id ?? given;
}
