/** The text of `--help`, for the program and for each verb. */
import { VERSION } from '../../version.ts';
import { columns, paint, widthOf } from '../output.ts';
import { repeats, shortName } from './arguments.ts';
import { PRECEDENCE } from '../connection/precedence.ts';
import { COMMON_EXIT_CODES } from './exit-codes.ts';
import type { ArgsDef, Verb } from './verb.ts';

const PROGRAM = 'agent-server';
const MAX_WIDTH = 100;
const BUILT_IN: readonly Row[] = [
  ['-h, --help', 'Show this help.'],
  ['-v, --version', 'Print the version.'],
];

type Row = readonly [term: string, meaning: string];

export function programHelp(verbs: readonly Verb[]): string {
  return [
    `${paint('bold', PROGRAM)} ${VERSION}: runs commands for programs, and keeps their output.`,
    section('Usage', [
      `  ${PROGRAM} [VERB] [OPTIONS]`,
      `  ${PROGRAM} [OPTIONS OF serve]     the inherited command line, as of devpilot-agent`,
    ]),
    section(
      'Verbs',
      rows(verbs.filter(({ hidden }) => hidden !== true).map(({ name, description }) => [name, description])),
    ),
    section('Options', rows(BUILT_IN)),
    section('Exit codes', rows(COMMON_EXIT_CODES)),
    section('Examples', examples(verbs.flatMap(({ examples: [first] }) => (first === undefined ? [] : [first])))),
    `More about a verb: ${PROGRAM} VERB --help`,
  ].join('\n\n');
}

export function verbHelp(verb: Verb): string {
  const positionals = Object.entries(verb.args).filter(([, arg]) => arg.type === 'positional');
  const usage = positionals
    .map(([name, arg]) => {
      const shown = `${name.toUpperCase()}${repeats(arg) ? '…' : ''}`;
      return arg.required === false ? ` [${shown}]` : ` ${shown}`;
    })
    .join('');
  return [
    `${paint('bold', `${PROGRAM} ${verb.name}`)}: ${verb.description}`,
    section('Usage', [`  ${PROGRAM} ${verb.name}${usage} [OPTIONS]`]),
    ...(positionals.length === 0
      ? []
      : [section('Arguments', rows(positionals.map(([name, arg]) => [name.toUpperCase(), arg.description ?? ''])))]),
    section('Options', rows([...options(verb.args), ...BUILT_IN])),
    ...('profile' in verb.args ? [section('Server and key', rows(PRECEDENCE))] : []),
    section('Exit codes', rows(verb.exitCodes ?? COMMON_EXIT_CODES)),
    section('Examples', examples(verb.examples)),
  ].join('\n\n');
}

const section = (title: string, lines: readonly string[]): string => [paint('bold', title), ...lines].join('\n');

const examples = (lines: readonly string[]): string[] => lines.map((line) => `  ${PROGRAM} ${line}`.trimEnd());

function options(args: ArgsDef): Row[] {
  return Object.entries(args).flatMap(([name, arg]): Row[] => {
    if (arg.type === 'positional') return [];
    const short = shortName(arg);
    const hint = arg.type === 'enum' ? arg.options?.join('|') : arg.valueHint;
    const value = arg.type === 'boolean' ? '' : ` ${hint ?? name.toUpperCase()}`;
    const fallback = arg.default === undefined ? '' : ` Default: ${arg.default}.`;
    return [[`${short === undefined ? '' : `-${short}, `}--${name}${value}`, `${arg.description ?? ''}${fallback}`]];
  });
}

function rows(list: readonly Row[]): string[] {
  const left = Math.min(24, Math.max(...list.map(([term]) => widthOf(term))));
  const indent = ' '.repeat(left + 4);
  const room = Math.min(columns() ?? MAX_WIDTH, MAX_WIDTH) - indent.length;
  return list.flatMap(([term, meaning]) => {
    const [first = '', ...more] = wrap(meaning, Math.max(room, 30));
    // A term that is wider than its column stands on a line of its own.
    const head =
      widthOf(term) > left
        ? [`  ${term}`, `${indent}${first}`]
        : [`  ${term}${' '.repeat(left - widthOf(term))}  ${first}`];
    return [...head, ...more.map((line) => indent + line)].map((line) => line.trimEnd());
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
