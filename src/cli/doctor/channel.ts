/** Tells which releases this program and the server follow. */
import { BUILD } from '../../build-info.ts';
import { reporter, type Finding } from './finding.ts';

const report = reporter('channel');

/** `server`: the channel of the server, where one runs. */
export function checkChannel(server: string | undefined): Finding {
  const { channel, updateUrl, target } = BUILD;
  const own =
    target === null
      ? 'this program runs from source and follows no release channel'
      : `this program follows the channel ${channel}${updateUrl === null ? '; it has no update address built in' : `, from ${updateUrl}`}`;
  if (server === undefined) return report('ok', own);
  const message = `the server follows the channel ${server}; ${own}`;
  return target !== null && server !== channel
    ? report('warn', message, 'install both from the same release, or their versions may diverge')
    : report('ok', message);
}
