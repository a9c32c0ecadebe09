/** Which server the command line means, where addresses may also be those of sockets (`ws:`, `wss:`). */
import type { Result } from '../../core/failure.ts';
import { URL_VARIABLE } from '../connection/precedence.ts';
import {
  chooseServer,
  type ChoiceFailure,
  type ConnectOptions,
  type ServerChoice,
} from '../connection/server-choice.ts';

export function chooseDoor(options: ConnectOptions): Result<ServerChoice, ChoiceFailure> {
  const named = process.env[URL_VARIABLE];
  return chooseServer(
    { ...options, url: options.url && httpUrl(options.url) },
    { ...process.env, [URL_VARIABLE]: named && httpUrl(named) },
  );
}

/** The address as other verbs have it: theirs begins with http where that of a socket begins with ws. */
const httpUrl = (url: string): string => url.replace(/^ws(?=s?:\/\/)/i, 'http');
