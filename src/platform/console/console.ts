/** What both kinds of consoles offer. */
export interface ConsoleSystem {
  /** Passes every key of the terminal on stdin on unchanged, and leaves output alone, until disposed. Throws where stdin is no terminal. */
  readonly enterRawMode: () => Disposable;
  /** Signals that ask a server to stop. */
  readonly STOP_SIGNALS: readonly NodeJS.Signals[];
  /** Whether a window was opened for this process alone, and closes with it: as by a double click. */
  readonly ownsWindow: () => boolean;
  /** What the Enter key sends, for text that is to be typed into a terminal's line. */
  readonly ENTER: string;
}
