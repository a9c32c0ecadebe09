/** The one table that turns a start that failed into a line that says what to do. */
import type { StartFailure } from '../app.ts';

export function explainStart(failure: StartFailure): string {
  switch (failure.reason) {
    case 'data-unusable':
      return `the data folder ${failure.path} cannot be used: ${failure.detail}. Choose another with --data-dir.`;
    case 'data-in-use': {
      const holder =
        failure.holder === undefined
          ? 'another server'
          : `the server at ${failure.holder.url} (pid ${failure.holder.pid})`;
      return `the data folder ${failure.path} is in use by ${holder}. Stop that one, or choose another folder with --data-dir.`;
    }
    case 'key-unusable':
      return `the API key cannot be kept: ${failure.detail}`;
    case 'port-in-use':
      return `port ${failure.port} on ${failure.host} is in use. Choose another with --port, or any free one with --port 0.`;
    case 'listen-failed':
      return `cannot listen on ${failure.host}:${failure.port}: ${failure.detail}`;
  }
}
