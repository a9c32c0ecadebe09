/** `POST /files/search`: text in files, by ripgrep, or names, by our own walk. */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { entryOf } from '../../files/entry.ts';
import { PathGlob } from '../../files/ignore/path-glob.ts';
import type { Place, Places, Reach } from '../../files/place.ts';
import { findText } from '../../files/search/find-text.ts';
import { searchNames } from '../../files/search/search-names.ts';
import type { TextSearchParts } from '../../files/search/search-text.ts';
import { FileMatch, FileNameMatch, FileSearch, FileSearchDone } from '../../protocol/files/search.ts';
import { raw, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { ROWS, rowStream } from '../wire/row-stream.ts';
import { refuse } from './failures.ts';
import { readGlobs } from './selection.ts';
import { pathView } from './view.ts';
import { NOT_ALLOWED, NOT_THERE, reachOf } from './which.ts';

const MIB = 1024 * 1024;

export interface SearchParts extends Omit<TextSearchParts, 'ripgrep'> {
  readonly clock: Clock;
  /** Path of the program; throws where it cannot be put there. */
  readonly ripgrep: () => string;
}

type Globs = { readonly name: PathGlob | undefined; readonly exclude: readonly PathGlob[] };

function globsOf({ name, exclude = [] }: FileSearch): Result<Globs, Parameters<typeof refuse>[0]> {
  const excluded = readGlobs(exclude);
  if (!excluded.ok) return excluded;
  if (name === undefined) return ok({ name: undefined, exclude: excluded.value });
  if (name.includes('/'))
    return fail({ reason: 'glob-invalid', detail: 'name is held against names: it must not have a slash in it' });
  const named = PathGlob.read(name);
  return named.ok ? ok({ name: named.value, exclude: excluded.value }) : named;
}

/** The folder that holds what is searched. */
function searched(reach: Reach, path: string): Result<{ place: Place; isFile: boolean }, Parameters<typeof refuse>[0]> {
  const place = reach.find({ text: path }, true);
  if (!place.ok) return place;
  const entry = entryOf(reach, place.value);
  if (!entry.ok) return entry;
  const { type } = entry.value;
  if (type !== 'directory' && type !== 'file') return fail({ reason: 'is-no-file' });
  return ok({ place: place.value, isFile: type === 'file' });
}

export const fileSearchRoutes = (places: Places, parts: SearchParts) =>
  resource('file-search').post(
    '/files/search',
    async ({ body, request }) => {
      const { text, limit = 1000, timeout = 30, hidden = false, ignore = 'git' } = body;
      const globs = globsOf(body);
      if (!globs.ok) return refuse(globs.failure);
      const { name, exclude } = globs.value;
      const reach = reachOf(places, request);
      const found = searched(reach, body.path);
      if (!found.ok) return refuse(found.failure);
      const { place, isFile } = found.value;
      const timeoutMs = timeout * 1000;
      if (text === undefined) {
        if (name === undefined) return refuse({ reason: 'nothing-to-find' });
        if (isFile) return refuse({ reason: 'is-no-folder' });
        const search = { name, exclude, hidden, ignore: ignore === 'git', limit, timeoutMs };
        const answer = await rowStream(
          async (send, signal) =>
            ok({
              done: true,
              ...(await searchNames(
                reach,
                place,
                search,
                ({ place: at, type }) => send({ ...pathView(at.shown), type } satisfies FileNameMatch),
                parts.clock,
                signal,
              )),
            } satisfies FileSearchDone),
          request.signal,
        );
        return answer;
      }
      const search = {
        text,
        literal: body.literal ?? false,
        matchCase: body.case ?? true,
        word: body.word ?? false,
        include: name,
        includeText: body.name,
        exclude: body.exclude ?? [],
        ignore: ignore === 'git',
        hidden,
        context: body.context ?? 0,
        maxFileBytes: body.maxFileBytes ?? 64 * MIB,
        limit,
        timeoutMs,
      };
      const answer = await rowStream(async (send, signal) => {
        const done = await findText(
          reach,
          { place, isFile },
          search,
          ({ shown, ...row }) => send({ ...pathView(shown), ...row } satisfies FileMatch),
          parts,
          signal,
        );
        return done.ok ? ok({ done: true, ...done.value } satisfies FileSearchDone) : done;
      }, request.signal);
      return answer instanceof Response ? answer : refuse(answer);
    },
    {
      access: 'files:read',
      slow: true,
      ...noQuery,
      ...jsonBody(FileSearch),
      response: {
        200: {
          ...raw('One row a line: matches, and at the end how it ended.', ROWS),
          shapes: [FileMatch, FileNameMatch, FileSearchDone],
        },
        400: refusal('The body, a glob or the regular expression is not valid, or the path is refused.'),
        403: NOT_ALLOWED,
        404: NOT_THERE,
        409: refusal('It is neither a file nor a folder; without `text`, it is no folder.'),
      },
      detail: {
        operationId: 'searchFiles',
        summary: 'Searches files for text, or for names.',
        description:
          'The answer begins with the first row, and rows come as they are found: those of one file together, files in no order. Several matches in a line are rows of their own. UTF-16 with a byte-order mark is read, files with NUL bytes are not, and lines that take more than 16 MiB with their matches are passed over. Links are not followed. A client that hangs up ends the search.',
        tags: ['Files'],
      },
    },
  );
