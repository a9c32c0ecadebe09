/** What a server that accepts the key says of itself: updates, tunnel, agents, time. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { Environment } from '../../core/environment.ts';
import { isLocal } from '../connection/connect.ts';
import { agentFindings } from './agents.ts';
import { checkChannel } from './channel.ts';
import { checkClock } from './clock.ts';
import { reporter, type Finding } from './finding.ts';
import { checkTunnel } from './tunnel.ts';
import { updateFinding, updateUnknown } from './update.ts';

export async function aboutServer(client: Client, env: Environment): Promise<Finding[]> {
  const { url } = client;
  const [updates, tunnel, agents, clock] = await Promise.all([
    asked(
      client.update.get().then((update) => [updateFinding(update), checkChannel(update.channel)]),
      (why) => [updateUnknown(why), checkChannel(undefined)],
    ),
    checkTunnel(client),
    asked(
      client.agents.known().then((known) => agentFindings(known, isLocal(url), env)),
      (why) => [reporter('agent')('warn', `not known: ${why}`)],
    ),
    checkClock(url),
  ]);
  return [...updates, ...tunnel, ...agents, clock];
}

/** A server that answers one question need not answer another: it may be older, or the key may be a narrow one. */
async function asked(answer: Promise<Finding[]>, otherwise: (why: string) => Finding[]): Promise<Finding[]> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return otherwise(error.message);
  }
}
