/** How the status of a process is shown. */
import type { ProcessResource } from '../../../protocol/processes.ts';
import type { StatusStyle } from '../status.ts';

const STYLES: Readonly<Record<ProcessResource['status'], StatusStyle>> = {
  running: { tone: 'active', word: 'Running' },
  sleeping: { tone: 'idle', word: 'Sleeping' },
  waiting: { tone: 'waiting', word: 'Waiting for a disk or its like' },
  stopped: { tone: 'late', word: 'Stopped' },
  idle: { tone: 'idle', word: 'Idle' },
  ended: { tone: 'over', word: 'Ended' },
  unknown: { tone: 'idle', word: 'Status unknown' },
};

/** Of a later server there may be others. */
export const processStatus = (status: ProcessResource['status']): StatusStyle => STYLES[status] ?? STYLES.unknown;
