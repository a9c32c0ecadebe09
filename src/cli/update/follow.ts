/** Shows how an update goes, step by step on stderr, over the server's restart, to its end. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { UpdateResource } from '../../protocol/update.ts';
import { complain, note, printAnswer } from '../output.ts';

const LOOK_EVERY_MS = 250;
/** A new version that hangs is rolled back well within that. */
const MAX_AWAY_MS = 180_000;

/** `before`: what the server said of itself before it was asked. Resolves to the exit code. */
export async function followUpdate(
  client: Client,
  before: UpdateResource,
  asJson: boolean | undefined,
): Promise<number> {
  let shown = '';
  let awaySince: number | undefined;
  for (;;) {
    const now = await look(client);
    if (now === undefined) {
      awaySince ??= performance.now();
      if (performance.now() - awaySince > MAX_AWAY_MS) {
        complain(`the server has not answered for ${MAX_AWAY_MS / 1000} seconds`);
        return 1;
      }
    } else {
      awaySince = undefined;
      if (now.version !== before.version || now.state === 'idle' || now.state === 'unavailable')
        return end(now, before, asJson);
    }
    const step = now === undefined ? 'the server restarts' : stepOf(now);
    if (step !== shown) note(`agent-server: ${step}`);
    shown = step;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** Undefined while the server is away. */
async function look(client: Client): Promise<UpdateResource | undefined> {
  try {
    return await client.update.get();
  } catch (error) {
    if (error instanceof ClientError && error.transient) return undefined;
    throw error;
  }
}

function stepOf({ state, available, waitingFor, download }: UpdateResource): string {
  switch (state) {
    case 'scheduled':
      return `waiting for the end of ${waitingFor || 'what is active'}`;
    case 'downloading':
      return `downloading version ${available}${download === undefined ? '' : `: ${tenths(download)}`}`;
    case 'trying':
      return `version ${available} tests itself`;
    case 'swapping':
      return `version ${available} is put in place`;
    case 'checking':
      return 'looking for a new version';
    case 'trial':
      return 'the new version is on trial';
    case 'idle':
    case 'unavailable':
      return 'no update is under way';
  }
}

/** In steps of a tenth, so that a log is not flooded. */
const tenths = ({ receivedBytes, totalBytes }: NonNullable<UpdateResource['download']>): string =>
  `${Math.floor((receivedBytes / totalBytes) * 10) * 10} % of ${Math.ceil(totalBytes / 1e6)} MB`;

async function end(now: UpdateResource, before: UpdateResource, asJson: boolean | undefined): Promise<number> {
  const { version, trial, bad, lastError, upToDate } = now;
  if (version !== before.version) {
    const onTrial = trial === undefined ? '' : `; it is on trial, and ${trial.previous} is restored if it fails`;
    await printAnswer(asJson, now, `updated from ${before.version} to ${version}${onTrial}`);
    return 0;
  }
  const failed = bad.find((one) => !before.bad.some((known) => known.version === one.version));
  const why = failed === undefined ? lastError : `version ${failed.version} was rolled back: ${failed.why}`;
  if (upToDate !== true && asJson !== true) complain(why ?? 'no update was made');
  else await printAnswer(asJson, now, why ?? 'no update was made');
  return upToDate === true ? 0 : 1;
}
