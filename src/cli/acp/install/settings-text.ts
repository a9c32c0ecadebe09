/** A change of settings in JSON with comments, which leaves everything else as it was written. */
import { applyEdits, getNodeValue, findNodeAtLocation, modify, parseTree, type ParseError } from 'jsonc-parser';
import { fail, ok, type Result } from '../../../core/failure.ts';

export type SettingsChange =
  | { readonly state: 'added' | 'updated'; readonly text: string }
  | { readonly state: 'unchanged' };

export type SettingsFailure =
  | { readonly reason: 'not-json' }
  /** There is something of that name which is not ours. */
  | { readonly reason: 'taken' };

/** Puts `value` under `setting` and `name`; `text` may be empty. */
export function withEntry(
  text: string,
  setting: string,
  name: string,
  value: object,
): Result<SettingsChange, SettingsFailure> {
  const errors: ParseError[] = [];
  const isEmpty = text.replace(/^\uFEFF/, '').trim() === '';
  const root = isEmpty ? undefined : parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || (!isEmpty && root?.type !== 'object')) return fail({ reason: 'not-json' });
  const holder = root && findNodeAtLocation(root, [setting]);
  if (holder !== undefined && holder.type !== 'object') return fail({ reason: 'taken' });
  const old = root && findNodeAtLocation(root, [setting, name]);
  const known: unknown = old && getNodeValue(old);
  if (JSON.stringify(known) === JSON.stringify(value)) return ok({ state: 'unchanged' });
  if (old !== undefined && !isOurs(known)) return fail({ reason: 'taken' });
  const before = isEmpty ? '{}\n' : text;
  const edits = modify(before, [setting, name], value, { formattingOptions: formatOf(text) });
  return ok({ state: old === undefined ? 'added' : 'updated', text: applyEdits(before, edits) });
}

/** Whether an entry is one that this program made. */
function isOurs(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || !('args' in entry)) return false;
  return Array.isArray(entry.args) && entry.args.includes('acp');
}

/** As the file is laid out. */
function formatOf(text: string) {
  const indent = /\n([ \t]+)["/]/.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 4 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}
