/** What self-update is doing, in a word and a sentence. */
import type { UpdateResource } from '../../../protocol/update.ts';
import type { ConnectionState } from '../connection.ts';
import { sentence } from '../notice.ts';
import type { StatusStyle } from '../status.ts';
import { isUnderWay } from '../update-phase.ts';

export interface UpdateText {
  readonly style: StatusStyle;
  readonly text: string;
}

export function updateText(update: UpdateResource, at: ConnectionState['at']): UpdateText {
  if (at === 'away') return awayText(update);
  const { version, state, available, waitingFor, lastError = '', trial } = update;
  const next = available === undefined ? 'The newest version' : `Version ${available}`;
  switch (state) {
    case 'unavailable':
      return said('over', 'Not available', sentence(lastError));
    case 'idle':
      return idleText(update);
    case 'checking':
      return said('active', 'Checking', 'The server checks whether a newer version is available.');
    case 'scheduled': {
      const active = waitingFor === undefined || waitingFor === '' ? '' : `Active now: ${waitingFor}. `;
      return said(
        'waiting',
        'Waiting',
        `${next} is installed as soon as nothing is active. ${active}New work is still accepted.`,
      );
    }
    case 'downloading':
      return said('active', 'Downloading', `${next} is downloaded while the server keeps working.`);
    case 'trying':
      return said('active', 'Testing', `${next} tests itself before it replaces version ${version}.`);
    case 'swapping':
      return said(
        'active',
        'Installing',
        `${next} is put in place. The server then restarts, and this page continues automatically.`,
      );
    case 'trial':
      return said(
        'active',
        'On trial',
        `The server now runs version ${version}, on trial. If it fails, version ${trial?.previous ?? 'before it'} is restored automatically.`,
      );
  }
}

function idleText({ version, available, upToDate, lastError }: UpdateResource): UpdateText {
  if (upToDate === true) return said('good', 'Up to date', `Version ${version} is the newest release.`);
  if (lastError !== undefined)
    return said('bad', available === undefined ? 'No update' : 'Update failed', sentence(lastError));
  if (available !== undefined) return said('new', 'Update available', `Version ${available} is released.`);
  return said('idle', 'Not checked yet', 'The server has not checked for a newer version since it started.');
}

const awayText = ({ state, version }: UpdateResource): UpdateText =>
  isUnderWay(state)
    ? said('active', 'Restarting', 'The server is restarting. This page continues as soon as it answers.')
    : state === 'trial'
      ? said('late', 'No answer', `If version ${version} has failed, the previous version is restored automatically.`)
      : said('late', 'No answer', 'The state is not known until the server answers.');

const said = (tone: StatusStyle['tone'], word: string, text: string): UpdateText => ({ style: { tone, word }, text });
