/** The one place that chooses how the processes of this machine are looked at. */
import { isWindows } from '../os.ts';
import { BREAK_SENDER_VERB } from '../process/index.ts';
import { breakSender } from '../process/windows/signals.ts';
import { ownCommand } from '../self/own-program.ts';
import { LinuxProcesses } from './posix/linux.ts';
import { MacProcesses } from './posix/macos.ts';
import type { MachineProcesses } from './processes.ts';
import { WindowsProcesses } from './windows/windows.ts';

export const createMachineProcesses: () => MachineProcesses = isWindows
  ? () => {
      const [exePath, ...args] = ownCommand([BREAK_SENDER_VERB]);
      return new WindowsProcesses(breakSender({ exePath, args }));
    }
  : process.platform === 'darwin'
    ? () => new MacProcesses()
    : () => new LinuxProcesses();
