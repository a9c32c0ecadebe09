/**
 * Which view the address names: `#/jobs/4f…`, and of a job's output a line: `#/jobs/4f…/L12`, `#/jobs/4f…/stderr/L3`.
 * In the fragment, so that the server has one page and proxies no say.
 */
import type { Shown } from './output/output-layout.ts';

export const VIEWS = ['jobs', 'sessions', 'terminals', 'agents', 'server'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** Of the job, terminal or agent session, or the shell session's key. */
  readonly id: string | undefined;
  /** Of a job: which of its streams is shown. Default: both. */
  readonly shown?: Shown;
  /** Of a job: the line of its output. */
  readonly line?: number;
}

export function parseRoute(fragment: string): Route {
  const [, view = '', rest = ''] = /^#\/([^/]*)(?:\/(.*))?$/.exec(fragment) ?? [];
  const known = VIEWS.find((name) => name === view);
  if (known === undefined) return { view: 'jobs', id: undefined };
  const [, id = '', shown, line] = /^([^/]*)(?:\/(stdout|stderr))?\/L([1-9]\d{0,14})$/.exec(rest) ?? [];
  if (known !== 'jobs' || line === undefined) return { view: known, id: decoded(rest) };
  return { view: known, id: decoded(id), shown: (shown ?? 'both') as Shown, line: Number(line) };
}

export const outputAddress = (id: string, shown: Shown, line: number): string =>
  `${routeTo('jobs', id)}${shown === 'both' ? '' : `/${shown}`}/L${line}`;

export const routeTo = (view: ViewName, id?: string): string =>
  id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;

function decoded(id: string): string | undefined {
  try {
    return id === '' ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
