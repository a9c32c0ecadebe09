/** Asks for the key, and says what is wrong with the one that was given. */
import { button } from './button.ts';
import type { Connection, ConnectionState } from './connection.ts';
import { openDialog } from './dialog.ts';
import { h, setAttribute, setText } from './element.ts';

type Because = Extract<ConnectionState, { readonly at: 'locked' }>['because'];

const PROBLEMS: Readonly<Record<Because, string>> = {
  'no-key': '',
  forgotten: '',
  'key-refused':
    'The server does not accept this key, or it lacks the scope observe. Copy it again from the key file; a server that has made a new key accepts only the new one.',
};

let open: HTMLDialogElement | undefined;

export function askForKey(connection: Connection, because: Because): void {
  open?.close();
  const input = h('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'current-password',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'key-problem key-help',
  });
  const problem = h('p', { id: 'key-problem', class: 'problem', role: 'alert' });
  const complain = (text: string): void => {
    setText(problem, text);
    setAttribute(input, 'aria-invalid', text !== '' && 'true');
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const key = input.value.trim();
    // The browser would refuse to send it, with an error that does not say why.
    if (!/^[\x21-\x7e]+$/.test(key)) return complain('A key has letters, digits and punctuation, and no spaces.');
    open?.close();
    connection.unlock(key);
  };
  const form = h(
    'form',
    { class: 'key-form', on: { submit } },
    h('label', { for: 'key' }, 'API key'),
    input,
    problem,
    h(
      'p',
      { id: 'key-help', class: 'help' },
      'The server created one when it first started. It is in the file ',
      h('code', {}, '~/devpilot-agent/api_key'),
      ' of its user, on Windows in ',
      h('code', {}, '%LOCALAPPDATA%\\devpilot-agent\\api_key'),
      '. This tab remembers it until it is closed.',
    ),
    h('div', { class: 'buttons' }, button('Connect', undefined, { kind: 'primary', type: 'submit' })),
  );
  open = openDialog({ title: 'Connect to this agent-server', body: [form], buttons: [], closable: false });
  complain(PROBLEMS[because]);
  input.focus();
}
