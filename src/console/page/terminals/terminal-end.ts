/** What is done to a terminal as a whole: it is ended or removed, and started again in its place. */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import { announce } from '../announce.ts';
import { confirm } from '../dialog.ts';
import { h } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import { routeTo } from '../route.ts';
import type { Context } from '../view.ts';

export async function endTerminal(
  { client, connection }: Context,
  { id, title, running }: { readonly id: string; readonly title: string; readonly running: boolean },
): Promise<void> {
  const agreed = await confirm(
    running
      ? {
          title: `End ${title || 'this terminal'}?`,
          body: [h('p', {}, 'Its program is ended with everything it started, for everybody who is attached to it.')],
          yes: 'End the terminal',
          no: 'Keep the terminal',
        }
      : {
          title: `Remove ${title || 'this terminal'}?`,
          body: [h('p', {}, 'Its output is deleted.')],
          yes: 'Remove the terminal',
          no: 'Keep the terminal',
        },
  );
  if (!agreed) return;
  try {
    await client.terminals.delete(id);
    location.hash = routeTo('terminals');
    announce('Terminal ended');
  } catch (error) {
    reportFailure(connection, error);
  }
}

/** `removed`: the server has it no more. Otherwise it is removed now: its user has seen its output. */
export async function startAgain(
  { client, connection }: Context,
  { id, name, shell, cols, rows }: TerminalResource,
  removed: boolean,
): Promise<void> {
  try {
    if (!removed) await client.terminals.delete(id);
    const again = await client.terminals.open({ shell, cols, rows, ...(name !== null && { name }) });
    location.hash = routeTo('terminals', again.id);
  } catch (error) {
    reportFailure(connection, error);
  }
}
