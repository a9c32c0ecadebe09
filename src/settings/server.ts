/** Settings of the server itself: where it listens and keeps its data. */
import { integer, oneOf, optional, seconds, text, type SettingGroup } from './kinds.ts';

export const SERVER_SETTINGS = {
  port: integer('PORT', 8585, 0, 65_535, 'Port of the HTTP server. 0 takes any free one and prints it.'),
  'terminal-port': optional(
    integer('PORT', 0, 0, 65_535, 'Port of the terminal sockets. Default: the port after --port. 0: none.'),
  ),
  host: text('ADDRESS', '127.0.0.1', 'Address to listen on. Anything but loopback lets the network reach this server.'),
  'allow-host': text(
    'HOST[,HOST…]',
    undefined,
    'Further names under which clients may address this server (Host and Origin).',
  ),
  'data-dir': text('PATH', undefined, 'Folder of jobs and their output. One server per folder.'),
  'kill-grace': seconds(2, 600, 'Seconds between asking a process tree to end (SIGTERM) and ending it (SIGKILL).'),
  'log-format': oneOf(['text', 'json'], 'Format of log lines on stderr.'),
} satisfies SettingGroup;
