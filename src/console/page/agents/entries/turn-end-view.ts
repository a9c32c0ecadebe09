/** The end of a turn: why, where it is not simply done, and what it used. */
import { h } from '../../element.ts';
import type { TurnEndEntry } from '../conversation/entry.ts';
import { usageText } from '../usage-text.ts';
import type { EntryView } from './entry-view.ts';

const REASONS: Readonly<Record<string, string>> = {
  cancelled: 'Cancelled',
  error: 'The turn failed',
  max_tokens: 'Stopped: the answer reached the limit of tokens',
  max_turn_requests: 'Stopped: the turn reached the limit of requests to the model',
  refusal: 'The agent refused to go on',
  timeout: 'Cancelled: the turn’s time was over',
};

export function turnEndView({ stopReason, error, usage }: TurnEndEntry): EntryView {
  const done = stopReason === 'end_turn';
  const used = usageText(usage);
  const element = h(
    'div',
    { class: `turn-end${done ? '' : ' early'}`, hidden: done && used === '' },
    !done && h('span', { class: 'why' }, turnEndText(stopReason)),
    error !== undefined && h('span', { class: 'problem' }, error),
    used !== '' && h('span', {}, used),
  );
  return { element, update: () => {} };
}

/** Why a turn ended, as a sentence without its full stop. */
export const turnEndText = (stopReason: string): string => REASONS[stopReason] ?? `Stopped: ${stopReason}`;
