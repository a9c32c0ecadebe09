/** Tells the state of self-update of the server that runs here. */
import { ClientError } from '../../client/failure.ts';
import type { Environment } from '../../core/environment.ts';
import { findApiKey } from '../../platform/files/key-file.ts';
import type { UpdateResource } from '../../protocol/update.ts';
import { newClient } from '../connection/connect.ts';
import { PROGRAM } from '../command/program.ts';
import { reporter, type Finding } from './finding.ts';
import { ANSWER_TIMEOUT_MS } from './server.ts';

const report = reporter('update');

/** `url`: of a server that accepts the key. */
export async function checkUpdate(url: string, env: Environment): Promise<Finding> {
  try {
    return updateFinding(await newClient({ url, key: findApiKey(env), timeoutMs: ANSWER_TIMEOUT_MS }).update.get());
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return report('warn', `not known: ${error.message}`);
  }
}

function updateFinding(update: UpdateResource): Finding {
  const { version, bad } = update;
  const { level, message, advice } = stateFinding(update);
  const failed = bad.map((one) => `; version ${one.version} was rolled back: ${one.why}`).join('');
  // One that is older than what runs by now is history.
  const matters = bad.some((one) => Bun.semver.order(one.version, version) > 0);
  return report(matters ? 'warn' : level, message + failed, advice);
}

function stateFinding({
  version,
  channel,
  state,
  available,
  waitingFor,
  lastError,
  upToDate,
  trial,
}: UpdateResource): Finding {
  const next = available === undefined ? 'the newest version' : `version ${available}`;
  switch (state) {
    case 'unavailable':
      return report('ok', `unavailable: ${lastError ?? 'the server does not say why'}`);
    case 'idle':
      if (upToDate === true) return report('ok', `${version} is the newest release of the channel ${channel}`);
      if (lastError !== undefined)
        return report(
          'warn',
          available === undefined ? lastError : `version ${available} is available, but: ${lastError}`,
          `try again with: ${PROGRAM} update`,
        );
      if (available !== undefined)
        return report('ok', `version ${available} is available`, `install it with: ${PROGRAM} update`);
      return report('ok', 'not looked for since the server started', `look with: ${PROGRAM} update --check`);
    case 'scheduled':
      return report('ok', `${next} is installed as soon as nothing is active${active(waitingFor)}`);
    case 'checking':
      return report('ok', 'the server looks for a newer version');
    case 'downloading':
      return report('ok', `${next} is being downloaded`);
    case 'trying':
      return report('ok', `${next} is being tested`);
    case 'swapping':
      return report('ok', `${next} is being put in place; the server restarts in a moment`);
    case 'trial':
      return report('ok', `${version} is on trial; ${trial?.previous ?? 'the version before'} comes back if it fails`);
  }
}

const active = (waitingFor: string | undefined): string =>
  waitingFor === undefined || waitingFor === '' ? '' : `; active now: ${waitingFor}`;
