/**
 * What a supervisor and its server agree on. They may be of different versions: the supervisor runs on while the server is
 * updated. So the agreement has a number, which a new server is asked about before it is put in place (`selftest`).
 *
 * Protocol 1: the variable AGENT_SERVER_SUPERVISOR of the server's environment is the number. Standard input of the
 * server is a pipe; each line in it is the name of a signal, which the server takes as if it had been sent to it. End of
 * input means that the supervisor is gone: the server stops. Exit code 42 asks for a start of the new version; the record
 * of updates (record.ts) says which that is. The URL of the server stands in its data folder, and is asked with the key.
 */
import { SUPERVISOR_VARIABLE, type Environment } from '../core/environment.ts';

export const SUPERVISOR_PROTOCOL = '1';

/** The number of the supervisor's protocol; undefined where there is none. */
export const supervisorOf = (env: Environment): string | undefined =>
  env[SUPERVISOR_VARIABLE] === '' ? undefined : env[SUPERVISOR_VARIABLE];

/** The lines of a stream, to its end; whatever is no signal's name is left out. */
export async function* signalsFrom(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of input) {
    text += decoder.decode(bytes, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (/^SIG[A-Z]{1,10}$/.test(line)) yield line;
  }
}
