/** Which view the address names: `#/jobs/4f…`. In the fragment, so that the server has one page and proxies no say. */
export const VIEWS = ['jobs', 'sessions', 'terminals', 'agents', 'server'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** Of the job, terminal or agent session, or the shell session's key. */
  readonly id: string | undefined;
}

export function parseRoute(fragment: string): Route {
  const [, view = '', id = ''] = /^#\/([^/]*)(?:\/(.*))?$/.exec(fragment) ?? [];
  const known = VIEWS.find((name) => name === view);
  return known === undefined ? { view: 'jobs', id: undefined } : { view: known, id: decoded(id) };
}

export const routeTo = (view: ViewName, id?: string): string =>
  id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;

function decoded(id: string): string | undefined {
  try {
    return id === '' ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
