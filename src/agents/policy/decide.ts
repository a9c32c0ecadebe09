/**
 * What becomes of a permission request of an agent.
 *
 *     request (structured call, options) ── policy ──▶ allow ── an option of kind allow_once
 *                                               ├────▶ reject ── one of kind reject_once or reject_always, else none
 *                                               └────▶ ask ── a person
 *
 * Decided on what the call says in its fields, never on its title, which a model words (CVE-2026-18236). What cannot be
 * understood is rejected. The text of a command is not looked at: which files a shell would touch cannot be read off it.
 */
import type { ToolKind } from '@agentclientprotocol/sdk';
import { isObject } from '../is-object.ts';
import { pathsNamedBy } from './named-paths.ts';
import { hasOptions, optionFor } from './options.ts';
import { judgePlaces, type Confine } from './places.ts';
import type { PolicyName } from './policy-name.ts';
import { shown } from '../shown.ts';

export interface PermissionQuestion {
  readonly policy: PolicyName;
  /** `toolCall` of the request, as the agent sent it. */
  readonly toolCall: unknown;
  /** What the agent announced under the same id before, its updates laid over one another; undefined where nothing was. */
  readonly announced?: unknown;
  /** `options` of the request, as the agent sent them. */
  readonly options: unknown;
  /** The session's working directory. */
  readonly cwd: string;
  /** Whether a path is inside of the working directory; relative ones are taken from it. */
  readonly confine: Confine;
}

interface Explained {
  /** One sentence. */
  readonly reason: string;
  /** The places that the call names, as the agent wrote them. */
  readonly paths?: readonly string[];
}

/** A rejection without `optionId` is answered with the outcome `cancelled`: the agent offers no way to say no. */
export type Decision = Explained &
  (
    | { readonly outcome: 'allow'; readonly optionId: string }
    | { readonly outcome: 'reject'; readonly optionId?: string }
    | { readonly outcome: 'ask' }
  );

interface Verdict extends Explained {
  readonly outcome: Decision['outcome'];
}

export function decide(question: PermissionQuestion): Decision {
  const { options } = question;
  const { outcome, ...explained } = verdictOn(question);
  switch (outcome) {
    case 'ask':
      return hasOptions(options)
        ? { outcome, ...explained }
        : { outcome: 'reject', ...explained, reason: 'The agent offers no option that a person could choose.' };
    case 'allow': {
      const option = optionFor(options, 'once');
      if (option.ok) return { outcome, optionId: option.value, ...explained };
      return reject(options, { ...explained, reason: option.failure.message });
    }
    case 'reject':
      return reject(options, explained);
  }
}

function reject(options: unknown, explained: Explained): Decision {
  const option = optionFor(options, 'reject');
  return { outcome: 'reject', ...(option.ok && { optionId: option.value }), ...explained };
}

function verdictOn(question: PermissionQuestion): Verdict {
  const { policy, toolCall, announced, cwd, confine } = question;
  const kind = kindOf(toolCall) ?? kindOf(announced) ?? ('other' satisfies ToolKind);
  const named = pathsNamedBy([toolCall, announced], kind === 'execute' || kind === 'think');
  const places = [...new Set([...named.targets, ...named.bases])];
  const paths = places.length > 0 ? { paths: places } : {};
  switch (policy) {
    case 'allow-all':
      return { outcome: 'allow', reason: 'The policy allow-all allows everything.', ...paths };
    case 'deny-all':
      return { outcome: 'reject', reason: 'The policy deny-all allows nothing.', ...paths };
    case 'ask':
      return { outcome: 'ask', reason: 'The policy ask leaves it to a person.', ...paths };
    case 'read-only':
    case 'workdir': {
      if (!isObject(toolCall)) return { outcome: 'reject', reason: 'The request has no tool call.' };
      return { ...judgePlaces({ kind, named, cwd, confine, readOnly: policy === 'read-only' }), ...paths };
    }
    default:
      return { outcome: 'reject', reason: `There is no policy ${shown(String(policy satisfies never))}.` };
  }
}

const kindOf = (call: unknown): string | undefined =>
  isObject(call) && typeof call['kind'] === 'string' ? call['kind'] : undefined;
