/** Which folder is copied, and where to. */
import type { Side } from '../side.ts';
import type { Thing } from '../thing.ts';

export interface FolderCopy {
  readonly from: { readonly side: Side; readonly thing: Thing; readonly label: string };
  /** `isNew`: nothing is there, but a folder to be made in. */
  readonly to: { readonly side: Side; readonly path: string; readonly isNew: boolean };
}
