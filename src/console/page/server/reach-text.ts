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
      return said('good', 'Preset', 'It was opened by another program before this server was started.');
    case 'starting':
      return said('active', 'Opening', why);
    case 'open':
      return said('good', 'Open', why);
    case 'waiting':
      return said('late', 'Not open', `${why} The server tries again automatically.`.trim());
  }
}

/** Undefined where no dashboard was named. */
export function registrationText({ state, lastError }: Registration): ReachText | undefined {
  const why = lastError === undefined ? '' : sentence(lastError);
  switch (state) {
    case 'off':
      return undefined;
    case 'waiting':
      return said('waiting', 'Waiting for the tunnel', why);
    case 'asking':
      return said('active', 'Registering', why);
    case 'unconfirmed':
      return said('late', 'Waiting for the code', 'This code has to be entered at the dashboard.');
    case 'registered':
      return said(why === '' ? 'good' : 'late', 'Registered', why);
    case 'failed':
      return said('bad', 'Not registered', why);
    case 'expired':
      return said('bad', 'Not registered', 'The code was not entered in time.');
  }
}

const said = (tone: StatusStyle['tone'], word: string, text: string): ReachText => ({ style: { tone, word }, text });
