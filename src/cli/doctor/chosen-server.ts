/** Checks the server that the command line, the environment or the profile in use names. */
import { ClientError } from '../../client/failure.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { newClient } from '../connection/connect.ts';
import type { ServerChoice } from '../connection/server-choice.ts';
import { reporter } from './finding.ts';
import { isAccepted, narrowFinding } from './narrow-key.ts';
import { runningFinding, type ServerCheck } from './server.ts';
import { ANSWER_TIMEOUT_MS } from './timeout.ts';

const report = reporter('server');

export async function checkChosenServer({ url, from, key, keyFrom }: ServerChoice): Promise<ServerCheck> {
  const where = `${url} (${from})`;
  if (key === undefined)
    return { finding: report('fail', `there is no key for ${where}`, 'give --key-file or --profile') };
  try {
    // Without the key first: something else may answer there.
    const brief = await newClient({ url, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 }).health();
    if (brief.status !== 'ok' || typeof brief.authenticated !== 'boolean')
      return { finding: report('fail', `${where} is not an agent-server`, 'correct the address') };
    const client = newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 });
    const health = await client.health();
    if (!health.authenticated && (await isAccepted(url, key))) return { finding: narrowFinding(report, where) };
    if (!health.authenticated)
      return {
        finding: report(
          'fail',
          `the server at ${where} does not accept this key (${keyFrom})`,
          'give another with --key-file or --profile',
        ),
      };
    return { finding: runningFinding(report, where, health), client };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return {
      finding: report('fail', `${explainClientError(error, { keyFrom })} (${from})`, 'check that a server runs there'),
    };
  }
}
