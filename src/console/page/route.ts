/**
 * Which view the address names, and what its list is filtered by: `#/jobs/4f…?status=failed`. In the fragment, so that
 * the server has one page and proxies no say.
 */
export const VIEWS = ['jobs', 'sessions', 'terminals', 'agents', 'server'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** Of the job, terminal or agent session, or the shell session's key. */
  readonly id: string | undefined;
  /** What the list is filtered by, as in a URL; empty: nothing. */
  readonly query: string;
}

export function parseRoute(fragment: string): Route {
  const [, name = '', id = '', query = ''] = /^#\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(fragment) ?? [];
  const view = VIEWS.find((one) => one === name);
  return view === undefined ? { view: 'jobs', id: undefined, query: '' } : { view, id: decoded(id), query };
}

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
