/** One upload as a line, with how far it is. */
import { button, iconButton } from '../../button.ts';
import { h, setAttribute, setChildren, setText } from '../../element.ts';
import { bytesText } from '../../time-text.ts';
import { statusMark } from '../../status.ts';

export type UploadState =
  | { readonly at: 'waiting' }
  | { readonly at: 'sending'; readonly bytes: number }
  | { readonly at: 'done' }
  | { readonly at: 'skipped' }
  | { readonly at: 'failed'; readonly text: string };

export interface UploadRow {
  readonly element: HTMLElement;
  show(state: UploadState): void;
}

/** `stop`: ends it, or takes the line away; `again`: goes on where it failed. */
export function uploadRow(path: string, { name, size }: File, stop: () => void, again: () => void): UploadRow {
  const mark = h('span', {});
  const facts = h('span', { class: 'help' });
  const bar = h('progress', { max: Math.max(1, size), 'aria-label': `Upload of ${path}` });
  const retry = button('Try again', again, { icon: 'repeat' });
  const element = h(
    'li',
    { class: 'upload' },
    mark,
    h('span', { class: 'upload-name mono', title: path }, name),
    bar,
    facts,
    retry,
    iconButton('close', `Remove ${path} from the uploads`, stop),
  );
  const show = (state: UploadState): void => {
    setChildren(mark, statusMark(STYLES[state.at]));
    setText(facts, factsOf(state, size));
    facts.classList.toggle('problem', state.at === 'failed');
    bar.hidden = state.at !== 'sending';
    retry.hidden = state.at !== 'failed';
    // Without a value it is under way, nobody knows how far.
    setAttribute(bar, 'value', state.at === 'sending' && state.bytes > 0 ? state.bytes : undefined);
  };
  show({ at: 'waiting' });
  return { element, show };
}

const STYLES = {
  waiting: { tone: 'waiting', word: 'Waiting' },
  sending: { tone: 'active', word: 'Sending' },
  done: { tone: 'good', word: 'Uploaded' },
  skipped: { tone: 'over', word: 'Skipped' },
  failed: { tone: 'bad', word: 'Failed' },
} as const;

function factsOf(state: UploadState, size: number): string {
  switch (state.at) {
    case 'waiting':
      return `${bytesText(size)}, waiting`;
    case 'sending':
      return state.bytes > 0 ? `${bytesText(state.bytes)} of ${bytesText(size)}` : bytesText(size);
    case 'done':
      return `${bytesText(size)}, uploaded`;
    case 'skipped':
      return 'skipped: the file that is there was kept';
    case 'failed':
      return state.text;
  }
}
