/** The form that runs a command: Enter runs it, Shift+Enter begins another line, Up recalls earlier ones. */
import { shellsOf } from '../../../client/shells.ts';
import type { ExecRequest } from '../../../protocol/exec.ts';
import type { JobResource } from '../../../protocol/job.ts';
import { button, toggleButton } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';

type Wanted = Pick<JobResource, 'command'> & { readonly sessionKey?: string; readonly shell?: string };

/** Fills the form that is on the page; what waits is for the next one, where there is none. */
let present: ((wanted: Wanted) => void) | undefined;
let waiting: Wanted | undefined;

/** Fills the form, from another view too. */
export function showInRunForm(wanted: Wanted): void {
  if (present === undefined) waiting = wanted;
  else present(wanted);
}

export function runForm(context: Context, signal: AbortSignal, submitted: (jobId: string) => void) {
  const { client, connection, health } = context;
  let history: readonly string[] = [];
  let at = -1;
  const command = h('textarea', {
    class: 'mono',
    rows: 1,
    name: 'command',
    'aria-label': 'Command to run',
    placeholder: 'Run a command…',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'data-shortcut': 'n',
  });
  const workdir = h('input', {
    class: 'mono',
    name: 'workdir',
    placeholder: 'that of the server',
    spellcheck: 'false',
  });
  const timeout = h('input', { type: 'number', name: 'timeout', min: 0.1, step: 'any', placeholder: '300' });
  const session = h('input', { name: 'session', placeholder: 'none: a new shell', spellcheck: 'false' });
  const shell = h('select', { name: 'shell' });
  const run = button('Run', undefined, { kind: 'primary', icon: 'run', type: 'submit' });
  const options = h(
    'div',
    { class: 'run-options', hidden: true },
    h('label', {}, h('span', {}, 'Folder'), workdir),
    h('label', {}, h('span', {}, 'Timeout in seconds'), timeout),
    h('label', {}, h('span', {}, 'Session'), session),
    h('label', {}, h('span', {}, 'Shell of the session'), shell),
  );
  const showOptions = toggleButton(
    'options',
    'Folder, timeout and session',
    false,
    (on) => void (options.hidden = !on),
  );

  health.watch(signal, (known) => {
    if (known === undefined) return;
    const shells = shellsOf(known);
    if (shells.join() === [...shell.options].map(({ value }) => value).join()) return;
    setChildren(shell, ...shells.map((name) => h('option', { value: name }, name)));
    shell.value = shells[0] ?? '';
    workdir.placeholder = known.cwd;
  });

  const request = (): ExecRequest => ({
    command: command.value,
    ...(workdir.value !== '' && { workdir: workdir.value }),
    ...(timeout.value !== '' && { timeout: Number(timeout.value) }),
    ...(session.value !== '' && { mode: 'persistent_shell', sessionKey: session.value, shell: shell.value }),
  });
  /** Not by disabling the button: that would take the focus away. */
  let busy = false;
  const submit = async (): Promise<void> => {
    if (command.value.trim() === '' || busy) return command.focus();
    busy = true;
    try {
      const { jobId } = await client.exec(request());
      command.value = '';
      at = -1;
      grow();
      submitted(jobId);
    } catch (error) {
      reportFailure(connection, error);
    } finally {
      busy = false;
    }
  };
  const grow = (): void => {
    command.rows = Math.min(8, command.value.split('\n').length);
  };
  const recall = (step: number): void => {
    at = Math.max(-1, Math.min(history.length - 1, at + step));
    command.value = history[at] ?? '';
    grow();
  };
  const keydown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    } else if (event.key === 'ArrowUp' && command.selectionStart === 0 && (command.value === '' || at >= 0)) {
      event.preventDefault();
      recall(1);
      command.setSelectionRange(0, 0);
    } else if (event.key === 'ArrowDown' && at >= 0) {
      event.preventDefault();
      recall(-1);
      command.setSelectionRange(0, 0);
    } else if (event.key === 'Escape') command.blur();
  };
  command.addEventListener('input', grow);
  command.addEventListener('keydown', keydown);

  const take = (job: Wanted): void => {
    command.value = job.command;
    session.value = job.sessionKey ?? '';
    if (job.shell !== undefined) shell.value = job.shell;
    if (job.sessionKey !== undefined) {
      options.hidden = false;
      showOptions.setAttribute('aria-pressed', 'true');
    }
    grow();
    command.focus();
  };
  present = take;
  signal.addEventListener('abort', () => (present = undefined), { once: true });
  if (waiting !== undefined) {
    const beginning = waiting;
    waiting = undefined;
    // When it is on the page: only then can it have the focus.
    queueMicrotask(() => take(beginning));
  }
  const element = h(
    'form',
    {
      class: 'run-form',
      on: {
        submit: (event) => {
          event.preventDefault();
          void submit();
        },
      },
    },
    h(
      'div',
      { class: 'run-line' },
      h('span', { class: 'prompt', 'aria-hidden': 'true' }, '$'),
      command,
      showOptions,
      run,
    ),
    options,
  );
  return {
    element,
    remember(commands: readonly string[]): void {
      history = [...new Set(commands)];
    },
  };
}
