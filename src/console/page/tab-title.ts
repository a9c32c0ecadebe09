/** The title of the browser's tab: what is shown, as its user knows it. */
import { ID_PATTERN } from '../../core/id.ts';

/** `what` is a name, or the name of a view; an id says nothing to a person. */
export function showInTab(what: string): void {
  document.title = `${what} · agent-server`;
}

/** Until the view knows better. */
export const isName = (id: string | undefined): id is string => id !== undefined && !ID_PATTERN.test(id);
