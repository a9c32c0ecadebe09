/** Where the tunnel and the registration stand, in a word and a sentence. */
import type { Registration, Tunnel } from '../../../protocol/tunnel.ts';
import { sentence } from '../notice.ts';
import type { StatusStyle } from '../status.ts';

interface ReachText {
  readonly style: StatusStyle;
  /** Empty where the word is enough. */
  readonly text: string;
}

/** Undefined where nobody has asked for one. */
export function tunnelText({ state, lastError }: Tunnel): ReachText | undefined {
  const why = lastError === undefined ? '' : sentence(lastError);
  switch (state) {
    case 'off':
      return undefined;
    case 'preset':
      return said('good', 'Given', 'Somebody else has opened it, before this server was started.');
    case 'starting':
      return said('active', 'Being opened', why);
    case 'open':
      return said('good', 'Open', why);
    case 'waiting':
      return said('late', 'Not open', `${why} The server tries again by itself.`.trim());
  }
}

/** Undefined where no dashboard was named. */
export function registrationText({ state, lastError }: Registration): ReachText | undefined {
  const why = lastError === undefined ? '' : sentence(lastError);
  switch (state) {
    case 'off':
      return undefined;
    case 'waiting':
      return said('waiting', 'Waits for the tunnel', why);
    case 'asking':
      return said('active', 'Being asked', why);
    case 'unconfirmed':
      return said('late', 'Waits for its code', 'Somebody has to enter this code at the dashboard.');
    case 'registered':
      return said(why === '' ? 'good' : 'late', 'Registered', why);
    case 'failed':
      return said('bad', 'Not registered', why);
    case 'expired':
      return said('bad', 'Not registered', 'Nobody has entered the code in time.');
  }
}

const said = (tone: StatusStyle['tone'], word: string, text: string): ReachText => ({ style: { tone, word }, text });
