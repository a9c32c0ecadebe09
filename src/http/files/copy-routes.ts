/** `POST /files/copy`: copies a file, a link or a folder, as a job where that takes long. */
import type { Clock } from '../../core/clock.ts';
import { within } from '../../core/within.ts';
import { CopyRun, type CopyJobs } from '../../files/write/copy-run.ts';
import type { Writing } from '../../files/write/writing.ts';
import type { Places } from '../../files/place.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { CopiedFiles, CopyJob, CopyRequest } from '../../protocol/files/write.ts';
import { noteSubject } from '../subject.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse, sentenceOf } from './failures.ts';
import { placesIn } from './from-to.ts';
import { NOT_THERE } from './which.ts';
import { NO_ROOM } from './write-refusals.ts';

/** What takes longer goes on as a job. */
const WAIT_MS = 2000;

export const fileCopyRoutes = (places: Places, writing: Writing, jobs: CopyJobs, clock: Clock) =>
  resource('file-copy').post(
    '/files/copy',
    async ({ body, request, status }) => {
      const { recursive = false, overwrite = false, follow = false } = body;
      const found = placesIn(places, request, body);
      if (!found.ok) return refuse(found.failure);
      const { reach, source, target } = found.value;
      const run = new CopyRun(writing, reach, source, target, { recursive, overwrite, follow });
      const leave = () => run.abort();
      request.signal.addEventListener('abort', leave, { once: true });
      const end = await within(clock, WAIT_MS, run.ended);
      request.signal.removeEventListener('abort', leave);
      if (end !== 'late') return end.ok ? end.value : refuse(end.failure);
      const job = jobs.take(run, `copy ${machinePaths.toText(source.shown)} ${body.to}`, sentenceOf);
      if (!job.ok) {
        run.abort();
        await run.ended;
        return refuse(job.failure);
      }
      noteSubject(request, { job: job.value });
      return status(202, { jobId: job.value });
    },
    {
      access: 'files:write',
      ...noQuery,
      ...jsonBody(CopyRequest),
      response: {
        200: answer('It is copied.', CopiedFiles),
        202: answer('It takes longer than 2 seconds, and goes on as this job.', CopyJob),
        400: refusal('The body is not valid, a path is refused, or a folder would be copied into itself.'),
        403: refusal('A path is outside of the roots or must not be overwritten, or the system does not permit it.'),
        404: NOT_THERE,
        409: refusal(
          'It is a folder and `recursive` is not asked, it is or holds a pipe, a socket or a device, something has the new name and is not to be replaced or cannot be, or the folder above it is missing.',
        ),
        500: refusal('The system fails, or no job could be made of it: then it is ended.'),
        503: refusal('The server is shutting down.'),
        507: NO_ROOM,
      },
      detail: {
        operationId: 'copyFile',
        summary: 'Copies a file, a link or a folder.',
        description:
          'The copy is made beside its new place and takes that when it is complete. Modes and times are kept, owners are not; where the file system has reflinks, a copy takes no room. `overwrite` replaces a file by a file, or an empty folder by a folder. What takes longer than 2 seconds goes on as a job of mode `file_copy`: its standard output has a line `{"files":…,"bytes":…}` each second, the last one is the result, and its exit code is 0. It ends with the server, and `POST /jobs/{id}/cancel` ends it, too: then nothing of it is left.',
        tags: ['Files'],
      },
    },
  );
