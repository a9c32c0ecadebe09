/** The server's end of the link to its supervisor: signals come in, and the end of it says that the supervisor is gone. */
import { STOP_SIGNALS } from '../../../platform/console/index.ts';
import { signalsFrom, supervisorOf } from '../../../updater/supervision.ts';

export const isSupervised = (): boolean => supervisorOf(process.env) !== undefined;

/** Resolves when the supervisor is gone. Every signal goes to the same listeners as one of the system. */
export async function followSupervisor(input: AsyncIterable<Uint8Array>): Promise<void> {
  // Whoever signals all processes of a service reaches this one twice: the second time must not end it midway. What hangs
  // is ended by the supervisor.
  for (const signal of STOP_SIGNALS) process.on(signal, () => {});
  try {
    for await (const signal of signalsFrom(input)) process.emit(signal as NodeJS.Signals, signal as NodeJS.Signals);
  } catch {
    // A pipe that breaks has ended.
  }
}
