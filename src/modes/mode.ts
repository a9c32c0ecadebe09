/**
 * One value of `mode` of `POST /exec`: how its request is read, and what runs it. A mode's folder has both, and the
 * one type of plan that is between them.
 */
import type { Result } from '../core/failure.ts';
import type { InvalidRequest } from '../core/invalid-request.ts';
import type { JobPlan, JobSpec } from '../jobs/record.ts';
import type { Runner } from '../jobs/runner.ts';
import type { Scope } from '../protocol/scope.ts';

export type RequestBody = Readonly<Record<string, unknown>>;

export type Checked<T> = Result<T, InvalidRequest>;

export interface Mode {
  readonly name: string;
  /** False where this machine lacks what the mode needs: its requests are refused in its own words. Default: true. */
  readonly available?: boolean;
  /** What a key needs for it. Default: `run`. */
  readonly scope?: Scope;
  /** Where its jobs run, such as `in persistent shells`, when that is not a process of their own. */
  readonly where?: string;
  /** The body, checked field by field in the order that inherited callers see. */
  parse(body: RequestBody): Checked<JobSpec>;
  readonly runner: Runner;
}

export type Modes = ReadonlyMap<string, Mode>;

export const modesOf = (modes: readonly Mode[]): Modes => new Map(modes.map((mode) => [mode.name, mode]));

/**
 * A job's plan as its mode knows it. Plans are kept on disk, where an older or a newer version may have written them:
 * undefined is one that this version cannot read.
 */
export type ReadPlan<Plan> = (plan: JobPlan) => Plan | undefined;

/** What a job fails with whose plan cannot be read. */
export const PLAN_UNREADABLE = 'this job was submitted to another version of the server, which this one cannot read';
