/** Processes below each other: plain types, since a shape of the wire cannot be in itself. */
import type { ProcessList, ProcessResource } from './processes.ts';

/** A process and those that it started. */
export interface ProcessNode extends ProcessResource {
  /** Absent where there are none. */
  children?: ProcessNode[];
}

export interface ProcessTree extends Omit<ProcessList, 'items'> {
  /** Those whose parents are not among them; without `tree` all, side by side. */
  items: ProcessNode[];
}
