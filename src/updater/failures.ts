/** Why an update does not happen, in one sentence without its full stop: `lastError`, log lines and the command line say it. */
import type { CheckFailure } from './check.ts';
import type { DownloadFailure } from './download.ts';
import { explainRefusal } from './explain.ts';
import type { SwapFailure } from './swap.ts';
import type { SelftestFailure } from './try-out.ts';

export type UpdateFailure =
  | CheckFailure
  | DownloadFailure
  | SelftestFailure
  | SwapFailure
  | { readonly reason: 'locked' };

export function explainUpdate(failure: UpdateFailure): string {
  switch (failure.reason) {
    case 'url-refused':
      return `updates come over https only, not from ${failure.url}`;
    case 'unreachable':
      return `${failure.url} cannot be reached: ${failure.detail}`;
    case 'answered':
      return `${failure.url} answers with status ${failure.status}`;
    case 'too-many-redirects':
      return `${failure.url} is redirected too often`;
    case 'too-large':
      return `${failure.url} sends more than ${failure.limit} bytes`;
    case 'too-slow':
      return `${failure.url} was given up: ${failure.detail}`;
    case 'cancelled':
      return 'the update was cancelled';
    case 'disk-full':
      return `there is not enough room in ${failure.folder} for ${Math.ceil(failure.bytes / 1e6)} MB`;
    case 'folder-unwritable':
      return `${failure.folder} cannot be written, where the executable lies: ${failure.detail}`;
    case 'wrong-size':
      return `${failure.file} has ${failure.bytes} bytes instead of ${failure.expected}`;
    case 'wrong-hash':
      return `${failure.file} is not the file that was released: its SHA-256 is another`;
    case 'selftest-failed':
      return `version ${failure.version} fails its self-test here: ${failure.detail}`;
    case 'swap-failed':
      return `the executable cannot be replaced: ${failure.detail}`;
    case 'locked':
      return 'another server that runs from the same executable is updating it';
    case 'other-trial':
      return `version ${failure.version} is on trial, by another server that runs from the same executable`;
    case 'replaced':
      return 'another version was installed since this server started: start it again to run that';
    case 'signature-malformed':
    case 'signature-key-unknown':
    case 'signature-wrong':
    case 'signature-comment-wrong':
    case 'manifest-too-large':
    case 'manifest-malformed':
    case 'product-differs':
    case 'channel-differs':
    case 'expired':
    case 'not-newer':
    case 'version-bad':
    case 'replayed':
    case 'no-artifact':
      return explainRefusal(failure);
  }
}
