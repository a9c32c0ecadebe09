/** `GET /files/list`: what is in a folder, page by page. */
import Type from 'typebox';
import type { Listing } from '../../files/list/list.ts';
import { listFolder } from '../../files/list/list.ts';
import type { Places } from '../../files/place.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { FileListing } from '../../protocol/files/list.ts';
import { answer, refusal } from '../wire/answers.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { cursorOf, GLOB, MAX_GLOBS, readCursor, readGlobs } from './selection.ts';
import { entryView } from './view.ts';
import { givenPath, NOT_ALLOWED, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';

const MAX_LIMIT = 10_000;
const LIMIT = 1000;
const MAX_DEPTH = 10_000;

const QUERY = Type.Object({
  ...WHICH,
  depth: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_DEPTH,
      description: `How many folders deep it looks, 1 to ${MAX_DEPTH}; 1 is the folder itself, 0 all of them. Default 1.`,
    }),
  ),
  exclude: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: MAX_GLOBS,
      description: `What is left out; a folder that is, is not looked into. ${GLOB} May be given ${MAX_GLOBS} times.`,
    }),
  ),
  include: Type.Optional(
    Type.String({ description: `What is listed alone; folders are looked into all the same. ${GLOB}` }),
  ),
  ignore: Type.Optional(
    Type.Enum(['git', 'none'], {
      description:
        '`git` leaves out what the `.gitignore` files of the folders and of those above them, up to the root of the repository, and its `.git/info/exclude` name; `none` does not. `.git` is left out in any case, unless `dotGit` asks for it. Default `git`.',
    }),
  ),
  hidden: Type.Optional(
    Type.Enum(['0', '1'], {
      description: '`1` lists names that begin with a dot, too; on Windows those that are marked hidden. Default `0`.',
    }),
  ),
  dotGit: Type.Optional(Type.Enum(['0', '1'], { description: '`1` lists what is named `.git`, too. Default `0`.' })),
  sort: Type.Optional(
    Type.Enum(['name'], {
      description: 'The one order there is: a folder before what is in it, names by their bytes.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `How many items a page has at most, 1 to ${MAX_LIMIT}. Default ${LIMIT}.`,
    }),
  ),
  after: Type.Optional(
    Type.String({
      description:
        'The path behind which the page begins, as `next` of the one before has it. It need not be there any more. Default: the beginning.',
    }),
  ),
  hash: Type.Optional(
    Type.Enum(['sha256'], { description: '`sha256` reads each file of up to 64 MiB for its hash. Default: none.' }),
  ),
});

const view = ({ items, next, skipped }: Listing): FileListing => ({
  items: items.map(({ sha256, ...entry }) => entryView(entry, sha256)),
  next: next === undefined ? null : cursorOf(next),
  skipped: skipped.map(({ shown, code }) => ({
    path: machinePaths.toText(shown),
    error: `the folder cannot be looked into (${code})`,
  })),
});

export const fileListRoutes = (places: Places) =>
  resource('file-list').get(
    '/files/list',
    async ({ query, request }) => {
      const { path, pathBytes, depth = 1, include, after, limit = LIMIT, ignore = 'git', hidden, dotGit, hash } = query;
      const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
      if (!given.ok) return refuse(given.failure);
      const exclude = readGlobs(query.exclude ?? []);
      if (!exclude.ok) return refuse(exclude.failure);
      const included = readGlobs(include === undefined ? [] : [include]);
      if (!included.ok) return refuse(included.failure);
      const cursor = after === undefined ? undefined : readCursor(after);
      if (cursor?.ok === false) return refuse(cursor.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, true);
      if (!place.ok) return refuse(place.failure);
      const options = {
        depth: depth === 0 ? Infinity : depth,
        exclude: exclude.value,
        include: included.value[0],
        ignore: ignore === 'git',
        hidden: hidden === '1',
        dotGit: dotGit === '1',
        limit,
        after: cursor?.value,
        hash: hash !== undefined,
      };
      const listing = await listFolder(reach, place.value, options, request.signal);
      return listing.ok ? view(listing.value) : refuse(listing.failure);
    },
    {
      access: 'files:read',
      slow: true,
      ...exactQuery(QUERY),
      response: {
        200: answer('One page.', FileListing),
        400: PATH_INVALID,
        403: NOT_ALLOWED,
        404: NOT_THERE,
        409: refusal('It is no folder.'),
      },
      detail: {
        operationId: 'listFiles',
        summary: 'What is in a folder.',
        description:
          'A link at the end of the path is followed, within the roots; those in the folder are listed and never followed. Pages are cut by paths, so that they stay right while files come and go. What may not be looked into is in `skipped`, and no error.',
        tags: ['Files'],
      },
    },
  );
