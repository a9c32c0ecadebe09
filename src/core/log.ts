/**
 * Structured log lines on stderr: `text` for people, `json` for collectors. Foreign text is escaped,
 * and nobody hands the API key to a log: there is no field for it.
 */
import { escapeControls } from './text.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFormat = 'text' | 'json';

export function createLog(format: LogFormat, write: (line: string) => void, now: () => number): Log {
  const render = format === 'json' ? jsonLine : textLine;
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      write(render(new Date(now()).toISOString(), level, message, fields));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time, level, message, ...fields });
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const tail = Object.entries(fields).map(([name, value]) => ` ${name}=${escapeControls(String(value))}`);
  return `${time} ${level.padEnd(5)} ${escapeControls(message)}${tail.join('')}`;
}
