/** Folders and files of the editor's machine, as the agent's machine knows them. */
import { expect, test } from 'bun:test';
import { mapParams } from '../../../src/cli/acp/message-paths.ts';
import { pathMapOf, type PathMap } from '../../../src/cli/acp/path-map.ts';

function mapOf(...texts: readonly string[]): PathMap {
  const map = pathMapOf(texts);
  if (!map.ok) throw new Error(map.failure.text);
  return map.value;
}

test('a path below a mapped folder is the one there, of several the innermost', () => {
  const map = mapOf('/home/me=/srv/me', '/home/me/secret=/vault');
  expect(map('/home/me')).toBe('/srv/me');
  expect(map('/home/me/a/b.ts')).toBe('/srv/me/a/b.ts');
  expect(map('/home/me/secret/a')).toBe('/vault/a');
  expect(map('/home/me/secrets')).toBe('/srv/me/secrets');
  expect(map('/home/mel')).toBeUndefined();
  expect(map('/home')).toBeUndefined();
  expect(mapOf('/=/mnt')('/a/b')).toBe('/mnt/a/b');
  expect(mapOf('/a/=/')('/a/b')).toBe('/b');
});

test('either side may be Windows', () => {
  const toLinux = mapOf('C:\\Users\\Me\\code=/home/me/code');
  expect(toLinux('c:\\users\\me\\CODE\\Src\\a.ts')).toBe('/home/me/code/Src/a.ts');
  expect(toLinux('C:/Users/Me/code/a')).toBe('/home/me/code/a');
  expect(toLinux('/Users/Me/code')).toBeUndefined();
  const toWindows = mapOf('/home/me=D:\\me', '/share=\\\\box\\share');
  expect(toWindows('/home/me/a b/c.ts')).toBe('D:\\me\\a b\\c.ts');
  expect(toWindows('/share/x')).toBe('\\\\box\\share\\x');
  expect(mapOf('C:\\=D:\\')('C:\\a')).toBe('D:\\a');
});

test('a map of anything else is refused', () => {
  for (const text of ['', 'a=b', '/a', '/a=', '=/b', 'rel/a=/b', '/a=rel'])
    expect(pathMapOf([text])).toEqual({ ok: false, failure: { reason: 'map-unclear', text } });
});

test.each(['session/new', 'session/load', 'session/resume', 'session/fork', 'session/list'])(
  'the folder of %s: --map, else --cwd, else that of the server, else its own',
  (method) => {
    const cwdOf = (local: string, map: PathMap, cwd?: string, remote?: string) =>
      mapParams(method, { cwd: local, x: 1 }, { map, cwd }, remote);
    const map = mapOf('/home/me=/srv/me');
    expect(cwdOf('/home/me/p', map, '/cwd', '/remote')).toEqual({ cwd: '/srv/me/p', x: 1 });
    expect(cwdOf('/elsewhere', map, '/cwd', '/remote')).toEqual({ cwd: '/cwd', x: 1 });
    expect(cwdOf('/elsewhere', map, undefined, '/remote')).toEqual({ cwd: '/remote', x: 1 });
    expect(cwdOf('/elsewhere', map)).toEqual({ cwd: '/elsewhere', x: 1 });
    expect(cwdOf('/elsewhere', mapOf('='), '/cwd', '/remote')).toEqual({ cwd: '/elsewhere', x: 1 });
    // A list of all folders stays one.
    const params = { cursor: null };
    expect(mapParams(method, params, { map, cwd: '/cwd' }, '/remote')).toBe(params);
  },
);

test('files that a prompt names are changed by --map alone; words are not', () => {
  const paths = { map: mapOf('/home/me=C:\\me'), cwd: '/cwd' };
  const promptOf = (...prompt: readonly object[]) =>
    mapParams('session/prompt', { sessionId: 's', prompt }, paths, '/remote')['prompt'];
  expect(
    promptOf(
      { type: 'text', text: 'see file:///home/me/a and /home/me/b' },
      { type: 'resource_link', uri: 'file:///home/me/a%20b/c%C3%BC.ts#L10:20', name: 'c' },
      { type: 'resource', resource: { uri: 'file:///home/me/d.ts', text: 'x' } },
      { type: 'resource_link', uri: 'file:///etc/passwd', name: 'p' },
      { type: 'resource_link', uri: 'https://example.com/home/me', name: 'w' },
    ),
  ).toEqual([
    { type: 'text', text: 'see file:///home/me/a and /home/me/b' },
    { type: 'resource_link', uri: 'file:///C:/me/a%20b/c%C3%BC.ts#L10:20', name: 'c' },
    { type: 'resource', resource: { uri: 'file:///C:/me/d.ts', text: 'x' } },
    { type: 'resource_link', uri: 'file:///etc/passwd', name: 'p' },
    { type: 'resource_link', uri: 'https://example.com/home/me', name: 'w' },
  ]);
  const fromWindows = { map: mapOf('C:\\me=/srv', '\\\\box\\share=/share'), cwd: undefined };
  const mapped = mapParams(
    'session/prompt',
    {
      prompt: [
        { type: 'resource_link', uri: 'file:///c:/me/x%23y.ts' },
        { type: 'resource_link', uri: 'file://box/share/z' },
      ],
    },
    fromWindows,
    undefined,
  );
  expect(mapped['prompt']).toEqual([
    { type: 'resource_link', uri: 'file:///srv/x%23y.ts' },
    { type: 'resource_link', uri: 'file:///share/z' },
  ]);
  const other = { sessionId: 's', prompt: [{ type: 'resource_link', uri: 'file:///etc/hosts' }] };
  expect(mapParams('session/prompt', other, paths, '/remote')).toBe(other);
  expect(mapParams('session/set_mode', { cwd: '/home/me' }, paths, '/remote')).toEqual({ cwd: '/home/me' });
});
