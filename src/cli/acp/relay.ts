/** Joins standard input and output to a door, until one of the two ends. */
import { systemClock } from '../../core/clock.ts';
import { readLines } from '../../core/lines.ts';
import { PROGRAM } from '../command/program.ts';
import { noKey } from '../connection/connect.ts';
import type { ConnectOptions, ServerChoice } from '../connection/server-choice.ts';
import { complain, note } from '../output.ts';
import { ownInput } from '../run/input.ts';
import { Bridge } from './bridge.ts';
import { chooseDoor } from './choose-door.ts';
import { askDoor } from './door.ts';
import { openSocketWith } from './door-socket.ts';
import { EditorOutput } from './editor-output.ts';
import { endpointOf, isExposed } from './endpoint.ts';
import { explainLinkFailure, troubleTo } from './explain.ts';
import { errorAnswer, INVALID_REQUEST } from './json-rpc.ts';
import type { LatencyMode } from './latency.ts';
import { Link } from './link.ts';
import type { Paths } from './message-paths.ts';

export interface RelayOptions {
  readonly server: ConnectOptions;
  readonly agent: string | undefined;
  readonly host: 'remote' | 'client';
  readonly latency: LatencyMode;
  readonly paths: Paths;
  readonly insecure: boolean;
}

/** A line beyond it is no message but an accident. */
const MAX_LINE_BYTES = 128 * 1024 * 1024;

/** Resolves to the exit code. */
export async function relay({ server, agent, host, latency, paths, insecure }: RelayOptions): Promise<number> {
  const choice = chooseDoor(server);
  if (!choice.ok) return failed(choice.failure.message);
  const endpoint = endpointOf(choice.value.url, agent);
  const { key, keyFrom } = choice.value;
  // A server of acpremote may want none.
  if (key === undefined && endpoint.wire === 'acp') return failed(noKey(choice.value));
  if (key !== undefined && isExposed(choice.value.url) && !insecure) return failed(exposed(choice.value));
  const headers = {
    ...(key !== undefined && (endpoint.wire === 'acp' ? { 'X-API-Key': key } : { Authorization: `Bearer ${key}` })),
    ...(host === 'client' && { 'Acp-Host': 'client' }),
  };

  const output: EditorOutput = new EditorOutput({ full: () => link.pause(), drained: () => link.resume() });
  const link: Link = new Link(
    { endpoint, headers, clock: systemClock, random: Math.random, askDoor, openSocket: openSocketWith(systemClock) },
    {
      message: (text) => bridge.reader.message(text),
      connected: (door, lost, unsent) => bridge.reader.connected(door, lost, unsent),
      trouble: troubleTo(complain),
      ended: (failure) => bridge.reader.ended(failure),
    },
  );
  const bridge = new Bridge(
    {
      wire: endpoint.wire,
      host,
      latency,
      paths,
      clock: systemClock,
      toEditor: (line) => output.send(line),
      note: complain,
    },
    link,
  );

  await link.check();
  if (process.stdin.isTTY)
    note(`agent-server: an editor is expected here, and Ctrl-D ends it; to tell one: ${PROGRAM} acp install`);
  const input = readLines(ownInput(), MAX_LINE_BYTES, {
    line: (text) => bridge.line(text),
    tooLong: (_, bytes) =>
      output.send(JSON.stringify(errorAnswer(null, INVALID_REQUEST, `a line of ${bytes} bytes is too long`))),
  }).then(() => bridge.finish());
  // It reads on where the link has failed: the process ends then.
  const failure = await Promise.race([bridge.ended, input.then(() => bridge.ended), output.failed]);
  await output.written();
  if (failure === undefined) return 0;
  return failed(
    typeof failure === 'string'
      ? failure
      : explainLinkFailure(failure, { url: choice.value.url, keyFrom: key === undefined ? undefined : keyFrom }),
  );
}

const exposed = ({ url }: ServerChoice): string =>
  `the key would travel unencrypted to ${url}; use https or a tunnel, or say --insecure (see ${PROGRAM} acp --help)`;

function failed(message: string): number {
  complain(message);
  return 1;
}
