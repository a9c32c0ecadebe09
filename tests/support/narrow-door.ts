/**
 * A door through which the key of a rig is replaced by a narrower one, which its server makes for it: the stories of a
 * suite then run as those of a caller who may do no more than that.
 */
import type { Scope } from '../../src/protocol/scope.ts';
import { KEY_VARIABLES } from '../../src/platform/files/key-file.ts';
import type { Door, OpenDoor } from './doors.ts';

export const narrowDoor = (door: Door, scopes: readonly Scope[]): Door => ({
  ...door,
  name: `${door.name}, with a key for ${scopes.join(' and ')}`,
  async open(place) {
    const open = await door.open(place);
    const given = place.env[KEY_VARIABLES[0]];
    if (given === undefined) return open;
    const key = await makeKey(open, given, scopes);
    return {
      ...open,
      fetch(request) {
        if (request.headers.get('x-api-key') !== given) return open.fetch(request);
        const narrow = new Request(request);
        narrow.headers.set('x-api-key', key);
        return open.fetch(narrow);
      },
    };
  },
});

async function makeKey(open: OpenDoor, admin: string, scopes: readonly Scope[]): Promise<string> {
  const request = new Request(`${open.url}/keys`, {
    method: 'POST',
    headers: { 'x-api-key': admin, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `narrow ${crypto.randomUUID()}`, scopes }),
  });
  const answer = await open.fetch(request);
  if (answer.status !== 201) throw new Error(`no narrow key: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly key: string }).key;
}
