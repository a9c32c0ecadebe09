/** The one table that turns a start that failed into a line that says what to do. */
import type { StartFailure } from '../../app/app.ts';
import type { ListenFailure } from '../../app/listen.ts';

export function explainStart(failure: StartFailure | ListenFailure): string {
  switch (failure.reason) {
    case 'data-unusable':
      return `the data folder ${failure.path} cannot be used: ${failure.detail}. Choose another with --data-dir.`;
    case 'data-in-use': {
      const { holder, path } = failure;
      if (holder === undefined)
        return `the data folder ${path} is in use by another server. Stop that one, or choose another folder with --data-dir.`;
      return `agent-server already runs at ${holder.url} (pid ${holder.pid}), with the data folder ${path}. Use or stop that one, or choose another folder with --data-dir.`;
    }
    case 'key-unusable':
      return `the API key cannot be kept: ${failure.detail}`;
    case 'port-in-use':
      return failure.flag === 'port'
        ? `port ${failure.port} on ${failure.host} is in use. Choose another with --port, or any free one with --port 0.`
        : `port ${failure.port} on ${failure.host}, for terminals, is in use. Choose another with --terminal-port, or none with --terminal-port 0.`;
    case 'no-next-port':
      return `there is no port after ${failure.port} for terminals. Choose one with --terminal-port, or none with --terminal-port 0.`;
    case 'listen-failed':
      return `cannot listen on ${failure.host}:${failure.port}: ${failure.detail}`;
  }
}
