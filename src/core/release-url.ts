/** The address of a folder of releases: https, or http on this very machine, where there is nobody in between. */
import { fail, ok, type Result } from './failure.ts';
import { isLoopback } from './loopback.ts';

export interface UrlFailure {
  readonly reason: 'update-url-refused';
  /** A clause such as `it is not https`. */
  readonly problem: string;
}

/** Nothing that a shell, PowerShell or JSON would read as anything but text: installers have it in quotes. */
const PLAIN = /^[A-Za-z0-9:/._~%+=@,[\]-]+$/;

/** Whether an update may be fetched from there; for the address of a file too, such as that of a redirect. */
export const isSafeUrl = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));

/** The address without the slashes at its end, ready for `/manifest.json` behind it. */
export function parseReleaseUrl(text: string): Result<string, UrlFailure> {
  const refuse = (problem: string) => fail({ reason: 'update-url-refused', problem });
  if (!URL.canParse(text)) return refuse('it is not an address such as https://example.com/releases');
  const url = new URL(text);
  if (!isSafeUrl(url)) return refuse('it must begin with https://, or with http:// on localhost or 127.0.0.1');
  if (url.username !== '' || url.password !== '') return refuse('it must not have a user or a password in it');
  if (url.search !== '' || url.hash !== '')
    return refuse('it must not have a ? or a #: file names are added to its end');
  const plain = url.href.replace(/\/+$/, '');
  return PLAIN.test(plain) ? ok(plain) : refuse('it has characters that must be written as %XX');
}
