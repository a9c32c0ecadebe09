/** Each kind of entry has a view of its own. */
import type { Entry, TerminalEntry } from '../conversation/entry.ts';
import type { EntryView } from './entry-view.ts';
import { messageView } from './message-view.ts';
import { notesView } from './notes-view.ts';
import { permissionView, type PermissionActions } from './permission-view.ts';
import { planView } from './plan-view.ts';
import { terminalView } from './terminal-view.ts';
import { toolView } from './tool-view.ts';
import { turnEndView } from './turn-end-view.ts';

export interface EntryContext extends PermissionActions {
  readonly terminal: (terminalId: string) => TerminalEntry | undefined;
}

export function viewOfEntry(entry: Entry, context: EntryContext): EntryView {
  switch (entry.at) {
    case 'message':
      return messageView(entry);
    case 'tool':
      return toolView(entry, context.terminal);
    case 'terminal':
      return terminalView(entry);
    case 'plan':
      return planView(entry);
    case 'permission':
      return permissionView(entry, context);
    case 'turn-end':
      return turnEndView(entry);
    case 'notes':
      return notesView(entry);
  }
}
