/**
 * The lockfile is whole: `npm ci` refuses one that lacks an optional package, be it for another system.
 *
 * npm leaves those out when it makes a lockfile beside an installed node_modules
 * (https://github.com/npm/cli/issues/4828); it is made anew in a folder that holds package.json and .npmrc alone.
 */
import { expect, test } from 'bun:test';
import lock from '../package-lock.json' with { type: 'json' };

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const entries = Object.entries(lock.packages as Readonly<Record<string, Entry>>).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every optional package that a package names is in the lockfile', () => {
  const present = new Set(entries.map(([path]) => nameOf(path)));
  const wanted = entries.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies));
  expect(wanted).toContain('@oxlint/binding-win32-x64-msvc');
  expect(wanted.filter((name) => !present.has(name))).toEqual([]);
});

test('every package has its hash, and no registry’s address', () => {
  const bad = entries.filter(([, { integrity, resolved }]) => integrity === undefined || resolved !== undefined);
  expect(bad.map(([path]) => path)).toEqual([]);
});
