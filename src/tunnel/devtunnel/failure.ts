/** Why there is no tunnel right now, and the sentence for each reason. */
import type { Failure } from '../../core/failure.ts';
import type { ToolAnswer, ToolFailure } from './tool.ts';

export type TunnelFailure =
  | ToolFailure
  | Failure<'logged-out'>
  /** It does not say whether it is logged in: that may be the network, which is not up yet at logon. */
  | (Failure<'login-unknown'> & { readonly detail: string })
  /** The service wants to be asked less often. */
  | (Failure<'too-many-requests'> & { readonly detail: string })
  | (Failure<'refused'> & { readonly detail: string })
  | (Failure<'no-url'> & { readonly detail: string })
  /** The process that carries the tunnel has ended. */
  | (Failure<'host-ended'> & { readonly detail: string });

/** Whether only a person can change it. */
export const needsPerson = ({ reason }: TunnelFailure): boolean => reason === 'not-found' || reason === 'logged-out';

export function sentenceOf(failure: TunnelFailure): string {
  switch (failure.reason) {
    case 'not-found':
      return 'devtunnel is not on the PATH; install it from https://aka.ms/devtunnels/download, then run: devtunnel user login';
    case 'logged-out':
      return 'devtunnel is not logged in; run: devtunnel user login';
    case 'login-unknown':
      return `devtunnel does not say that it is logged in${colon(failure.detail)}; run: devtunnel user login`;
    case 'not-started':
      return `devtunnel cannot be started: ${failure.detail}`;
    case 'late':
      return 'devtunnel did not answer within 15 seconds';
    case 'too-many-requests':
      return `the tunnel service limits the rate of requests: ${failure.detail}`;
    case 'refused':
      return `devtunnel refuses: ${failure.detail}`;
    case 'no-url':
      return `devtunnel printed no address of the tunnel within 15 seconds${colon(failure.detail)}`;
    case 'host-ended':
      return `devtunnel host has ended${colon(failure.detail)}`;
  }
}

const colon = (detail: string): string => (detail === '' ? '' : `: ${detail}`);

const LOGIN =
  /not logged in|login (?:is )?required|user login|unauthorized|\b401\b|(?:login|sign-?in) (?:token )?(?:has )?expired/i;
const TOO_MANY = /\b429\b|too many requests|rate limit/i;

/** What a command says that has failed. */
export function failureIn(text: string, otherwise: 'refused' | 'no-url' | 'host-ended'): TunnelFailure {
  const detail = shortened(text);
  if (LOGIN.test(text)) return { reason: 'logged-out' };
  if (TOO_MANY.test(text)) return { reason: 'too-many-requests', detail };
  return { reason: otherwise, detail };
}

/** Undefined when `devtunnel user show` tells of a login. */
export function loginFailure({ code, text }: ToolAnswer): TunnelFailure | undefined {
  if (/not logged in/i.test(text)) return { reason: 'logged-out' };
  return code === 0 ? undefined : { reason: 'login-unknown', detail: shortened(text) };
}

const LONGEST = 300;

/** The last of it, where errors are, in one line and without any token. */
function shortened(text: string): string {
  const plain = text
    .replaceAll(/eyJ[\w.-]+/g, '(a token)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain.length > LONGEST ? `…${plain.slice(-LONGEST)}` : plain;
}
