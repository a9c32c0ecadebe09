/** The code of a registration on the console of the server, in a box that nobody overlooks. */
import type { ShowCode } from '../../app/feature.ts';
import type { Log, LogFormat } from '../../core/log.ts';
import { escapeControls } from '../../core/text.ts';
import { note } from '../output.ts';

/** Collectors of JSON lines get one of their own. */
export const showCode =
  (format: LogFormat, log: Log): ShowCode =>
  ({ code, enterAt, expiresAt }) => {
    const until = new Date(expiresAt).toISOString();
    if (format === 'json') log.warn('enter the code to register this machine', { code, enter_at: enterAt, until });
    else note(codeBox(code, enterAt));
  };

/** In ASCII, which every console of Windows shows. */
export function codeBox(code: string, enterAt: string): string {
  const lines = [
    '',
    'To register this machine, enter the code',
    '',
    `    ${code}`,
    '',
    `within 10 minutes at ${escapeControls(enterAt)}`,
    '',
  ];
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '#'.repeat(width + 6);
  return ['', edge, ...lines.map((line) => `#  ${line.padEnd(width)}  #`), edge, ''].join('\n');
}
