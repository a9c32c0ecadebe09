/** Tells the state of self-update of a server. */
import type { UpdateResource } from '../../protocol/update.ts';
import { PROGRAM } from '../command/program.ts';
import { reporter, type Finding } from './finding.ts';

const report = reporter('update');

export const updateUnknown = (why: string): Finding => report('warn', `not known: ${why}`);

export function updateFinding(update: UpdateResource): Finding {
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
      return report('ok', 'not checked for since the server started', `check with: ${PROGRAM} update --check`);
    case 'scheduled':
      return report('ok', `${next} is installed as soon as nothing is active${active(waitingFor)}`);
    case 'checking':
      return report('ok', 'the server is checking for a newer version');
    case 'downloading':
      return report('ok', `${next} is being downloaded`);
    case 'trying':
      return report('ok', `${next} is being tested`);
    case 'swapping':
      return report('ok', `${next} is being put in place; the server restarts in a moment`);
    case 'trial':
      return report('ok', `${version} is on trial; ${trial?.previous ?? 'the version before'} is restored if it fails`);
  }
}

const active = (waitingFor: string | undefined): string =>
  waitingFor === undefined || waitingFor === '' ? '' : `; active now: ${waitingFor}`;
