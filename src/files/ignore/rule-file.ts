/**
 * One file of rules of git. What it says of a path is said of that path alone: the library would also take what it says of the
 * folders around it, which rules of another file may have taken back. It does so for rules that leave something out only, so each
 * one is given to it as one that takes back, and which of the two it is is kept beside it.
 */
import ignore, { type Ignore } from 'ignore';

/** Paths that the library remembers: it never forgets one. */
const MAX_REMEMBERED = 20_000;
/** Each `**` between names is tried at every folder of a path, for each of the others: three at 200 folders took a second. */
const MAX_WILD_FOLDERS = 2;
/** Rules that leave something out, then some that take back, and so on: each change of that takes memory and time for every path. */
const MAX_BLOCKS = 500;

/** Rules that follow each other and say the same. */
interface Block {
  readonly says: 'ignored' | 'taken back';
  readonly lines: string[];
}

/** Paths and rules are raw, so that a character is a byte where names are bytes, as it is to git. */
export class RuleFile {
  /** The last one that matches decides: they are in the order in which they are asked. */
  readonly #blocks: { readonly says: Block['says']; rules: Ignore }[];
  #remembered = 0;

  private constructor(blocks: readonly Block[]) {
    this.#blocks = blocks.map(({ says, lines }) => ({ says, rules: none().add(lines) })).toReversed();
  }

  /** Undefined where it changes too often between the two. */
  static read(text: string): RuleFile | undefined {
    const blocks: Block[] = [];
    for (const line of text.split(/\r?\n/)) {
      if (line === '' || line.startsWith('#') || wildFolders(line) > MAX_WILD_FOLDERS) continue;
      const says = line.startsWith('!') ? 'taken back' : 'ignored';
      if (blocks.at(-1)?.says !== says) blocks.push({ says, lines: [] });
      blocks.at(-1)?.lines.push(says === 'ignored' ? `!${line}` : line);
    }
    return blocks.length > MAX_BLOCKS ? undefined : new RuleFile(blocks);
  }

  /** Of a path below its folder, with `/` at its end where that is a folder. Undefined: nothing. */
  says(path: string): Block['says'] | undefined {
    this.#remembered += this.#blocks.length;
    if (this.#remembered > MAX_REMEMBERED) this.#forget();
    return this.#blocks.find(({ rules }) => rules.test(path).unignored)?.says;
  }

  #forget(): void {
    for (const block of this.#blocks) block.rules = none().add(block.rules);
    this.#remembered = 0;
  }
}

const none = (): Ignore => ignore({ ignorecase: false, allowRelativePaths: true });

const wildFolders = (line: string): number => line.replace(/\/\*\*\s*$/, '').split('**').length - 1;
