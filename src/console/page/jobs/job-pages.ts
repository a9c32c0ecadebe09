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
  #loading = false;

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
    const overlap = this.#jobs.findLastIndex(isFresh);
    if (overlap < 0) this.#complete = false;
    const rest = overlap < 0 ? [] : await this.#current(this.#jobs.slice(overlap + 1));
    this.#jobs = [...fresh, ...rest];
  }

  /** Loads a further page; one at a time. */
  async loadOlder(): Promise<void> {
    const last = this.#jobs.at(-1);
    if (this.#loading || this.#complete || last === undefined) return;
    this.#loading = true;
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
    } finally {
      this.#loading = false;
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

  /** The jobs as they are now. Those that have ended do not change any more. */
  async #current(jobs: readonly JobResource[]): Promise<JobResource[]> {
    const running = jobs.filter((job) => !isFinished(job)).slice(0, MAX_RUNNING);
    const asked = await Promise.all(running.map(({ jobId }) => this.#one(jobId)));
    const now = new Map(running.map(({ jobId }, index) => [jobId, asked[index]]));
    return jobs
      .flatMap((job) => (now.has(job.jobId) ? (now.get(job.jobId) ?? []) : job))
      .filter((job) => fits(job, this.#filter));
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
