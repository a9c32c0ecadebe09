/**
 * Which of the options of a permission request stands for an answer: by its kind alone. Ids and names are the agent's to
 * choose, and so is the order (CVE-2026-32065).
 */
import type { PermissionOptionKind } from '@agentclientprotocol/sdk';
import { fail, ok, type Result } from '../../core/failure.ts';
import { isObject } from '../is-object.ts';

export type Answer = 'once' | 'always' | 'reject';

/** `message` is a sentence. */
export interface NoOption {
  readonly reason: 'no-option';
  readonly message: string;
}

/** Only what says less may stand for an answer: an agent that cannot be told "once" is not told "always". */
const KINDS: Readonly<Record<Answer, readonly PermissionOptionKind[]>> = {
  once: ['allow_once'],
  always: ['allow_always'],
  reject: ['reject_once', 'reject_always'],
};

/** The id of the option for the answer. `options` is what the agent sent. */
export function optionFor(options: unknown, answer: Answer): Result<string, NoOption> {
  const usable = usableOptions(options);
  for (const kind of KINDS[answer]) {
    const id = usable.find((option) => option.kind === kind)?.id;
    if (id !== undefined) return ok(id);
  }
  return fail({
    reason: 'no-option',
    message: `The agent offers no option of the kind ${KINDS[answer].join(' or ')}.`,
  });
}

/** Whether there is anything to choose from. */
export const hasOptions = (options: unknown): boolean => usableOptions(options).length > 0;

/** More are no choice for anybody. */
const MAX_OPTIONS = 100;

interface UsableOption {
  readonly id: string;
  readonly kind: unknown;
}

/** Without those of unknown kinds, and without an id that stands for two kinds: nobody knows what it would do. */
function usableOptions(options: unknown): readonly UsableOption[] {
  const list = Array.isArray(options) && options.length <= MAX_OPTIONS ? options : [];
  const all = list.flatMap((option: unknown): UsableOption[] => {
    if (!isObject(option)) return [];
    const { optionId: id, kind } = option;
    return typeof id === 'string' ? [{ id, kind }] : [];
  });
  const known: readonly unknown[] = Object.values(KINDS).flat();
  return all.filter(
    ({ id, kind }) => known.includes(kind) && all.every((other) => other.id !== id || other.kind === kind),
  );
}
