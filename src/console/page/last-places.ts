/** Where one was in each view: its link leads back there, and to its list from within it. */
import { routeTo, type Route, type ViewName } from './route.ts';

export class LastPlaces {
  readonly #last = new Map<ViewName, Route>();
  #now: ViewName | undefined;

  note(route: Route): void {
    this.#last.set(route.view, route);
    this.#now = route.view;
  }

  linkTo(view: ViewName): string {
    const { id, query } = this.#last.get(view) ?? {};
    return routeTo(view, view === this.#now ? undefined : id, query);
  }
}
