/** What is at a path, here or on a server, as far as copying asks. Links are followed. */
export interface Thing {
  readonly type: 'file' | 'folder' | 'other';
  /** Without links at its end, where it is here. */
  readonly path: string;
  readonly size: number;
  /** Permission bits in octal; undefined where the system has none. */
  readonly mode: string | undefined;
  /** Unix seconds, to the millisecond. */
  readonly modifiedAt: number;
  /** Another one as soon as the content is another one. */
  readonly version: string;
}
