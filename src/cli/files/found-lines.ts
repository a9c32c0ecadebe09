/**
 * Rows of a search as lines: at a terminal below the path of their file, as ripgrep shows them, otherwise each with all that
 * tells where it is, as editors read it: `path:line:column:text`. No line is shown twice, however near each other matches are.
 */
import type { FileMatch, FileNameMatch } from '../../protocol/files/search.ts';
import { paint } from '../output.ts';
import { shownLine, shownName } from './foreign-name.ts';

export interface FoundLinesOptions {
  readonly grouped: boolean;
  /** What was searched for, where it stands for itself (literalPattern): it is marked. */
  readonly literal: RegExp | undefined;
}

export class FoundLines {
  readonly #options: FoundLinesOptions;
  #path: string | undefined;
  /** The last line of that file that was shown, and the last that had a match. */
  #shown = 0;
  #matched = 0;
  /** Lines behind the last match, held back because the next row may be one of them. */
  #behind: readonly string[] = [];

  constructor(options: FoundLinesOptions) {
    this.#options = options;
  }

  /** The lines of a row, after those that were held back. */
  of(row: FileMatch | FileNameMatch): readonly string[] {
    if (!('line' in row)) return [shownName(row.path) + (this.#options.grouped && row.type === 'directory' ? '/' : '')];
    const { path, line, text, column, before = [], after = [] } = row;
    const lines: string[] = [];
    if (path !== this.#path) {
      lines.push(...this.rest(), ...this.#heading(path));
      this.#path = path;
      this.#shown = 0;
      this.#matched = 0;
    }
    // A further match in the same line, all of which are marked already.
    else if (this.#options.grouped && line === this.#matched) return [];
    else lines.push(...this.#around(this.#behind, this.#matched + 1, line));
    const first = line - before.length;
    if (before.length + after.length > 0 && this.#shown > 0 && first > this.#shown + 1) lines.push('--');
    lines.push(...this.#around(before, first, line), this.#line(line, ':', this.#marked(text), column));
    this.#shown = line;
    this.#matched = line;
    this.#behind = after;
    return lines;
  }

  /** What was held back. */
  rest(): readonly string[] {
    const lines = this.#around(this.#behind, this.#matched + 1, Infinity);
    this.#behind = [];
    return lines;
  }

  /** Those of some lines that are not shown yet and stand before `end`. */
  #around(texts: readonly string[], begin: number, end: number): string[] {
    return texts.flatMap((text, at) => {
      const line = begin + at;
      if (line <= this.#shown || line >= end) return [];
      this.#shown = line;
      return [this.#line(line, '-', shownLine(text))];
    });
  }

  #heading(path: string): string[] {
    if (!this.#options.grouped) return [];
    return [...(this.#path === undefined ? [] : ['']), paint('bold', shownName(path))];
  }

  #line(line: number, mark: ':' | '-', text: string, column?: number): string {
    const number = paint('green', String(line));
    if (this.#options.grouped) return `${number}${mark}${text}`;
    return [shownName(this.#path ?? ''), number, ...(column === undefined ? [] : [String(column)]), text].join(mark);
  }

  #marked(text: string): string {
    const { literal, grouped } = this.#options;
    if (!grouped || literal === undefined) return shownLine(text);
    // The odd ones are what was found.
    return text
      .split(literal)
      .map((part, at) => (at % 2 === 1 ? paint('red', shownLine(part)) : shownLine(part)))
      .join('');
  }
}

/** What splits a line at a text that stands for itself. */
export const literalPattern = (text: string, ignoreCase: boolean): RegExp =>
  new RegExp(`(${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)})`, ignoreCase ? 'giu' : 'gu');
