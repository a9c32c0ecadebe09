/** Runs a command line within this process and captures what it prints, for tests that need no server. */
import { spyOn } from 'bun:test';
import { runCli } from '../../src/cli/cli.ts';
import type { Done } from './world.ts';

export async function runInProcess(...args: readonly string[]): Promise<Done> {
  const printed = { stdout: '', stderr: '' };
  using _stdout = capture('stdout', printed);
  using _stderr = capture('stderr', printed);
  using _data = withoutDataFolder();
  return { code: await runCli(args), ...printed };
}

function capture(name: 'stdout' | 'stderr', printed: Record<typeof name, string>): Disposable {
  const stream = process[name];
  const { isTTY } = stream;
  const write = spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
    printed[name] += String(chunk);
    for (const written of rest) if (typeof written === 'function') written();
    return true;
  });
  stream.isTTY = false;
  return {
    [Symbol.dispose]() {
      stream.isTTY = isTTY;
      write.mockRestore();
    },
  };
}

/** Should a command line start a server by mistake, it fails: its data folder is a file. */
function withoutDataFolder(): Disposable {
  const { AGENT_SERVER_DATA_DIR: before } = process.env;
  process.env['AGENT_SERVER_DATA_DIR'] = import.meta.path;
  return {
    [Symbol.dispose]() {
      if (before === undefined) delete process.env['AGENT_SERVER_DATA_DIR'];
      else process.env['AGENT_SERVER_DATA_DIR'] = before;
    },
  };
}
