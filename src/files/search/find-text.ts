/** A search for text at a place: what of it its caller may see, and its rows by the paths that the caller knows. */
import { fail, messageOf, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { IgnoreRules } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { mayUseWith } from '../list/walk.ts';
import type { Place, PlaceFailure, Reach } from '../place.ts';
import type { TextSearch } from './ripgrep-arguments.ts';
import type { FoundPath, Row } from './rows.ts';
import { searchText, type SearchDone, type TextSearchFailure, type TextSearchParts } from './search-text.ts';

export interface Wanted extends Omit<
  TextSearch,
  'folder' | 'name' | 'include' | 'maxLines' | 'never' | 'ignoreOfParents'
> {
  /** Names that are searched, and the same as it was given. */
  readonly include: PathGlob | undefined;
  readonly includeText: string | undefined;
  /** Rows. */
  readonly limit: number;
  readonly timeoutMs: number;
}

export interface FoundRow extends Omit<Row, 'path'> {
  readonly shown: RawPath;
}

const { paths } = machinePaths;

/** `ripgrep`: path of the program; throws where it cannot be put there. */
export async function findText(
  reach: Reach,
  { place, isFile }: { readonly place: Place; readonly isFile: boolean },
  { include, includeText, limit, timeoutMs, ...asked }: Wanted,
  sink: (row: FoundRow) => Promise<void>,
  { ripgrep, ...parts }: Omit<TextSearchParts, 'ripgrep'> & { readonly ripgrep: () => string },
  signal: AbortSignal,
): Promise<Result<SearchDone, TextSearchFailure | PlaceFailure>> {
  const folder = isFile ? paths.dirname(place.path) : place.path;
  // The program is given text, and started in a folder that is.
  if (machinePaths.untextualBytes(place.path) !== undefined)
    return fail({
      reason: 'path-invalid',
      detail: 'path leads over names that are no UTF-8: text in there cannot be searched',
    });
  const search: TextSearch = {
    ...asked,
    // One more than is told, which tells that there are more.
    maxLines: limit + 1,
    include: includeText,
    folder: machinePaths.toText(folder),
    name: isFile ? machinePaths.toText(paths.basename(place.path)) : '',
    never: reach
      .excludedIn({ shown: folder, path: folder })
      .map((own) => machinePaths.toText(paths.relative(folder, own)).replaceAll(paths.sep, '/')),
    ignoreOfParents: IgnoreRules.repositoryAbove(folder, mayUseWith(reach)) !== undefined,
  };
  const relativeOf = (path: FoundPath): RawPath => {
    const found =
      'text' in path
        ? machinePaths.fromText(path.text)
        : (machinePaths.fromBytes?.(Buffer.from(path.bytes, 'base64')) ?? '');
    return found.replace(/^\.[\\/]/, '');
  };
  const allows = (path: FoundPath): boolean => {
    const relative = relativeOf(path);
    if (!isFile && include !== undefined && !isNamed(include, relative)) return false;
    if (!reach.isBounded) return true;
    // A folder that has become a link meanwhile may have led the program elsewhere.
    const real = paths.join(folder, relative);
    const now = reach.at(real, true);
    return now.ok && now.value.path === real;
  };
  const tell = ({ path, ...row }: Row) =>
    sink({ ...row, shown: isFile ? place.shown : paths.join(place.shown, relativeOf(path)) });
  let program: string;
  try {
    program = ripgrep();
  } catch (error) {
    return fail({ reason: 'search-failed', detail: messageOf(error) });
  }
  return searchText(search, { limit, timeoutMs, allows }, tell, { ...parts, ripgrep: program }, signal);
}

function isNamed(include: PathGlob, relative: RawPath): boolean {
  const name = machinePaths.toText(paths.basename(relative));
  return include.matches(name, name, false);
}
