/** An entry of a conversation on the page. */
export interface EntryView {
  readonly element: HTMLElement;
  /** Shows what has changed of the entry. */
  update(): void;
}
