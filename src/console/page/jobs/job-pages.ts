/** As much of the list of jobs as was asked for, newest first: the beginning is refreshed, the rest loaded in pages. */
import { isFinished, type Client } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { fits, type JobFilter } from './job-filter.ts';

const PAGE = 30;
/** Jobs that are read to find where the list of before goes on; after that it begins anew. */
const MAX_NEW = 300;
/** Jobs further down that are looked at in each round, because they still run. */
const MAX_RUNNING = 10;

export class JobPages {
  readonly #client: Client;
  readonly #filter: JobFilter;
  readonly #signal: AbortSignal;
  #jobs: readonly JobResource[] = [];
  #complete = false;
  #loading: Promise<void> | undefined;

  constructor(client: Client, filter: JobFilter, signal: AbortSignal) {
    this.#client = client;
    this.#filter = filter;
    this.#signal = signal;
  }

  get jobs(): readonly JobResource[] {
    return this.#jobs;
  }

  /** Whether the oldest job is among them. */
  get complete(): boolean {
    return this.#complete;
  }

  async refresh(): Promise<void> {
    const known = new Set(this.#jobs.map(({ jobId }) => jobId));
    const fresh: JobResource[] = [];
    let page: JobResource[];
    do {
      page = await this.#page(fresh.at(-1));
      fresh.push(...page);
    } while (known.size > 0 && page.length === PAGE && fresh.length < MAX_NEW && !page.some(isIn(known)));
    if (page.length < PAGE) {
      this.#jobs = fresh;
      this.#complete = true;
      return;
    }
    const isFresh = isIn(new Set(fresh.map(({ jobId }) => jobId)));
    const now = await this.#running(this.#jobs.slice(this.#jobs.findLastIndex(isFresh) + 1));
    // Only now: older ones may have come meanwhile.
    const overlap = this.#jobs.findLastIndex(isFresh);
    if (overlap < 0) this.#complete = false;
    const rest = overlap < 0 ? [] : this.#jobs.slice(overlap + 1);
    const current = rest.flatMap((job) => (now.has(job.jobId) ? (now.get(job.jobId) ?? []) : job));
    this.#jobs = [...fresh, ...current.filter((job) => fits(job, this.#filter))];
  }

  /** Loads a further page; one at a time. */
  loadOlder(): Promise<void> {
    this.#loading ??= this.#loadAfterLast().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #loadAfterLast(): Promise<void> {
    const last = this.#jobs.at(-1);
    if (this.#complete || last === undefined) return;
    try {
      const page = await this.#page(last);
      // A refresh that has begun the list anew meanwhile makes no use of it.
      if (this.#jobs.at(-1)?.jobId !== last.jobId) return;
      this.#jobs = [...this.#jobs, ...page];
      this.#complete = page.length < PAGE;
    } catch (error) {
      // The last one is no longer kept, and so nothing before it is.
      if (!(error instanceof ClientError && error.status === 400)) throw error;
      this.#complete = true;
    }
  }

  #page(before: JobResource | undefined): Promise<JobResource[]> {
    return this.#client.jobs({
      ...this.#filter,
      ...(before !== undefined && { before: before.jobId }),
      limit: PAGE,
      tailLines: 0,
      signal: this.#signal,
    });
  }

  /** Those of them that still ran, as they are now. The others do not change any more. */
  async #running(jobs: readonly JobResource[]): Promise<ReadonlyMap<string, JobResource | undefined>> {
    const running = jobs.filter((job) => !isFinished(job)).slice(0, MAX_RUNNING);
    const asked = await Promise.all(running.map(({ jobId }) => this.#one(jobId)));
    return new Map(running.map(({ jobId }, index) => [jobId, asked[index]]));
  }

  /** Undefined when it is no longer kept. */
  async #one(id: string): Promise<JobResource | undefined> {
    try {
      return await this.#client.job(id, { tailLines: 0, signal: this.#signal });
    } catch (error) {
      if (error instanceof ClientError && error.status === 404) return undefined;
      throw error;
    }
  }
}

const isIn =
  (ids: ReadonlySet<string>) =>
  ({ jobId }: JobResource): boolean =>
    ids.has(jobId);
