/** Waits for the server of this machine while it is being started: the installer has done so just before, in the background. */
import { sleep } from '../../core/sleep.ts';
import { fetchFrom, isLocal } from '../connection/connect.ts';
import { chooseServer, type ConnectOptions } from '../connection/server-choice.ts';
import { note } from '../output.ts';

const LIMIT_MS = 10_000;
const LOOK_MS = 200;

/** Resolves as soon as it answers and its key is there, after ten seconds at the latest, and at once for one elsewhere. */
export async function startingServer(args: ConnectOptions): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (let looks = 0; performance.now() < deadline; looks += 1) {
    // Anew each time: it writes down its address and its key when it starts.
    const choice = chooseServer(args, process.env);
    if (!choice.ok || !isLocal(choice.value.url)) return;
    if (choice.value.key !== undefined && (await answers(choice.value.url))) return;
    if (looks === 0) note('waiting for the server to start');
    await sleep(LOOK_MS);
  }
}

const answers = (url: string): Promise<boolean> =>
  fetchFrom(`${url}/healthz`, { signal: AbortSignal.timeout(LIMIT_MS) }).then(
    (answer) => answer.ok,
    () => false,
  );
