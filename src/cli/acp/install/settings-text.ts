/**
 * A change of settings in JSON with comments, which leaves everything else as it was written. Positions are those of a parser;
 * the text is put together here, because the parser's own editing lays out the lines around a change anew.
 */
import { createScanner, findNodeAtLocation, getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
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
  const [, mark = '', body = ''] = /^(\uFEFF?)([^]*)$/.exec(text) ?? [];
  const before = body.trim() === '' ? '{}\n' : body;
  const errors: ParseError[] = [];
  const root = parseTree(before, errors, { allowTrailingComma: true });
  if (errors.length > 0 || root?.type !== 'object') return fail({ reason: 'not-json' });
  const changed = (state: 'added' | 'updated', after: string) => ok({ state, text: mark + after } as const);
  const holder = findNodeAtLocation(root, [setting]);
  if (holder === undefined) return changed('added', withProperty(before, root, setting, { [name]: value }));
  if (holder.type !== 'object') return fail({ reason: 'taken' });
  const old = findNodeAtLocation(holder, [name]);
  if (old === undefined) return changed('added', withProperty(before, holder, name, value));
  const known: unknown = getNodeValue(old);
  if (JSON.stringify(known) === JSON.stringify(value)) return ok({ state: 'unchanged' });
  if (!isOurs(known)) return fail({ reason: 'taken' });
  const end = old.offset + old.length;
  return changed('updated', before.slice(0, old.offset) + written(value, before, old.offset) + before.slice(end));
}

/** Whether an entry is one that this program made. */
function isOurs(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || !('args' in entry)) return false;
  return Array.isArray(entry.args) && entry.args.includes('acp');
}

/** A further property at the end of an object, below a comment that may stand there. */
function withProperty(text: string, object: Node, name: string, value: object): string {
  const close = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const lastEnd = last === undefined ? close : last.offset + last.length;
  const needsComma = last !== undefined && !isFollowedByComma(text, lastEnd);
  const kept = text.slice(0, lastEnd) + (needsComma ? ',' : '') + text.slice(lastEnd, close);
  const indent = indentAt(text, object.offset);
  const end = lineEndOf(text);
  const inner = end + indent + unitOf(text);
  const property = `${JSON.stringify(name)}: ${written(value, text, object.offset, unitOf(text))}`;
  return kept.trimEnd() + inner + property + end + indent + text.slice(close);
}

function isFollowedByComma(text: string, from: number): boolean {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',';
}

/** As the file is laid out, for a place in it. */
const written = (value: object, text: string, at: number, more = ''): string =>
  JSON.stringify(value, undefined, unitOf(text)).replaceAll('\n', lineEndOf(text) + indentAt(text, at) + more);

const indentAt = (text: string, at: number): string =>
  /[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at) + 1))?.[0] ?? '';

const unitOf = (text: string): string => /\n([ \t]+)["/]/.exec(text)?.[1] ?? '  ';

const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
