/** `PATCH /files`: edits a text file by lines, or by what stands there. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import Type from 'typebox';
import { patchFile, type PatchFailure } from '../../files/edit/patch-file.ts';
import { unifiedDiff } from '../../files/edit/unified-diff.ts';
import type { Edits } from '../../files/edit/edit.ts';
import type { Places } from '../../files/place.ts';
import type { Editing } from '../../files/edit/editing.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { FileEdited, FileEditRefused, FileEditRequest, TextEdit } from '../../protocol/files/edit.ts';
import { callerOf, mayUse } from '../caller.ts';
import { answer, refusal } from '../wire/answers.ts';
import type { JsonObject } from '../wire/body.ts';
import { compiled, jsonBody } from '../wire/json-body.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { refuse, sentenceOf } from './failures.ts';
import { names, tagOf } from './preconditions.ts';
import { givenPath, NOT_THERE, reachOf, WHICH } from './which.ts';

const HEADERS = headers(
  Type.Object({
    'If-Match': Type.Optional(
      Type.String({
        description:
          '`ETag` of the version that the edits are about, in place of `sha256` or with it; else 409. `*` is none.',
      }),
    ),
  }),
);

const checkTexts = compiled(Type.Object({ edits: Type.Array(TextEdit) }), 'the body');

/** A sentence that says more than that neither of two shapes fits. */
function problemOf({ edits }: JsonObject): string | undefined {
  if (!Array.isArray(edits)) return undefined;
  const kinds = edits.map((edit: unknown) => typeof edit === 'object' && edit !== null && 'old' in edit);
  if (!kinds.includes(true)) return undefined;
  if (kinds.includes(false)) return 'edits must all have from, to and text, or all old and new';
  const checked = checkTexts({ edits });
  return 'issues' in checked ? checked.issues[0]?.message : undefined;
}

function editsOf(edits: FileEditRequest['edits']): Edits {
  const texts = edits.filter((edit) => 'old' in edit);
  const lines = edits.filter((edit) => 'from' in edit);
  return texts.length > 0 ? { kind: 'texts', edits: texts } : { kind: 'lines', edits: lines };
}

/** A refusal that says more than its sentence; undefined for others. */
function moreOf(failure: PatchFailure) {
  const error = sentenceOf(failure);
  if (failure.reason === 'stale') return { error, sha256: failure.sha256, version: failure.version };
  return failure.reason === 'text-not-found' ? { error, found: failure.found, lines: [...failure.lines] } : undefined;
}

export const fileEditRoutes = (places: Places, writing: Editing) =>
  resource('file-edit').patch(
    '/files',
    async ({ query: { path, pathBytes }, headers: asked, body, request, set, status }) => {
      const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
      if (!given.ok) return refuse(given.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, true);
      if (!place.ok) return refuse(place.failure);
      const ifMatch = asked['If-Match'];
      // Any version there may be is no version that lines were counted in.
      const isVersion =
        ifMatch === undefined || ifMatch.trim() === '*' ? undefined : (version: string) => names(ifMatch, version);
      const patched = await patchFile(writing, reach, place.value, {
        edits: editsOf(body.edits),
        sha256: body.sha256?.toLowerCase(),
        isVersion,
        end: body.eol === undefined ? undefined : body.eol === 'crlf' ? '\r\n' : '\n',
        dryRun: body.dryRun === true,
        signal: request.signal,
        pause: async () => {
          await nextTurn();
          request.signal.throwIfAborted();
        },
      });
      if (!patched.ok) {
        const more = moreOf(patched.failure);
        return more === undefined ? refuse(patched.failure) : status(409, more);
      }
      const { edited, sha256, version } = patched.value;
      const shown = machinePaths.toText(place.value.shown);
      const caller = callerOf(request);
      const mayRead = caller !== undefined && mayUse(caller, 'files:read');
      const diff = mayRead ? unifiedDiff(shown, edited) : undefined;
      set.headers['etag'] = tagOf(version);
      return {
        path: shown,
        sha256,
        version,
        ...(diff !== undefined && { diff }),
        lines: edited.after.count,
        edits: [...edited.places],
      };
    },
    {
      access: 'files:write',
      slow: true,
      ...exactQuery(Type.Object(WHICH)),
      ...jsonBody(FileEditRequest, { nul: true, problem: problemOf }),
      headers: HEADERS,
      response: {
        200: answer('It is edited, or would be.', FileEdited),
        400: refusal(
          'A parameter or the body is not valid, the path is refused, or edits overlap or are beyond the end: nothing is written.',
        ),
        403: refusal('The path is outside of the roots or must not be changed, or the system does not permit it.'),
        404: NOT_THERE,
        409: answer(
          'The file is another one than `sha256` or `If-Match` says, which `sha256` and `version` tell; or `old` does not stand there as often as `count` says, which `found` and `lines` tell; or it is no file, another program keeps changing it, or holds it (Windows).',
          FileEditRefused,
        ),
        413: refusal('The body has more than 1 MiB, or the file has more than 16 MiB, or would have.'),
        415: refusal(
          'The file is neither UTF-8 nor UTF-16 with a byte-order mark, or the body is not declared as JSON.',
        ),
        428: refusal('Edits of lines need `sha256`, or `If-Match`.'),
        503: refusal('Too many files are edited at once, for 30 seconds.'),
        507: refusal('Less than `--min-free-bytes` would be left on the disk, or it is full.'),
      },
      detail: {
        operationId: 'editFile',
        summary: 'Edits a text file.',
        description:
          'All positions are those of the file as it is before the request: edits do not move each other. All are made or none. A line ends with LF or CRLF, a lone CR ends none. Lines that no edit names stay byte for byte, and so do the encoding (UTF-8, or UTF-16 with a byte-order mark), the mark, and a last line without an end; new lines take `eol`, else the more frequent line end of the file, LF where both are as many. `old` is found exactly or not at all; places that overlap count each. Several edits before one line come in their order. The file is replaced as a whole, as by `PUT /files`; one that the edits leave as it was is not written.',
        tags: ['Files'],
      },
    },
  );
