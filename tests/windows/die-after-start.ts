/** A crash at any point of a program's start: between two calls of Windows. */
import { CURRENT_PROCESS } from '../../src/platform/api/windows/handle.ts';
import { kernel32 } from '../../src/platform/api/windows/kernel32.ts';

/** The n-th call after a CreateProcessW that has succeeded ends this process instead. */
export function dieAfterStart(calls: number): void {
  const { TerminateProcess } = kernel32();
  const table = kernel32() as unknown as Record<string, (...args: unknown[]) => unknown>;
  let left: number | undefined;
  for (const [name, call] of Object.entries(table))
    table[name] = (...args) => {
      if (left !== undefined && (left -= 1) <= 0) TerminateProcess(CURRENT_PROCESS, 9);
      const result = call(...args);
      if (name === 'CreateProcessW' && result !== 0) left ??= calls;
      return result;
    };
}
