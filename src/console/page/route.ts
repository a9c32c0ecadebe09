/**
 * Which view the address names, and what its list is filtered by: `#/jobs/4f…?status=failed`; of a job's output also a
 * line: `#/jobs/4f…/L12`, `#/jobs/4f…/stderr/L3`. In the fragment, so that the server has one page and proxies no say.
 */
import type { Shown } from './output/output-layout.ts';

export const VIEWS = ['jobs', 'sessions', 'terminals', 'agents', 'files', 'server', 'machine'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** Of the job, terminal, agent session or process, the shell session's key, the path of a file, or `ports` of the machine. */
  readonly id: string | undefined;
  /** What the list is filtered by, as in a URL; empty: nothing. */
  readonly query: string;
  /** Of a job: which of its streams is shown. Default: both. */
  readonly shown?: Shown;
  /** Of a job: the line of its output. */
  readonly line?: number;
}

export function parseRoute(fragment: string): Route {
  const [, name = '', rest = '', query = ''] = /^#\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(fragment) ?? [];
  const view = VIEWS.find((one) => one === name);
  if (view === undefined) return { view: 'jobs', id: undefined, query: '' };
  const [, id = '', shown, line] = /^([^/]*)(?:\/(stdout|stderr))?\/L([1-9]\d{0,14})$/.exec(rest) ?? [];
  if (view !== 'jobs' || line === undefined) return { view, id: decoded(rest), query };
  return { view, id: decoded(id), query, shown: (shown ?? 'both') as Shown, line: Number(line) };
}

export const outputAddress = (id: string, shown: Shown, line: number): string =>
  `${routeTo('jobs', id)}${shown === 'both' ? '' : `/${shown}`}/L${line}`;

export const routeTo = (view: ViewName, id?: string, query = ''): string =>
  `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${query === '' ? '' : `?${query}`}`;

/** Changes the address in place of following a link: what is being typed makes no entries in the history. */
export function replaceRoute(fragment: string): void {
  history.replaceState(history.state, '', fragment);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function decoded(id: string): string | undefined {
  try {
    return id === '' ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
