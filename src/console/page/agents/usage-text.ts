/** Tokens and costs as text. Agents name the counts in ways of their own; those that are not known are left out. */
import { numberOf, objectOf, textOf, type Sent } from './sent.ts';

const COUNTS: readonly (readonly [word: string, names: readonly string[]])[] = [
  ['in', ['inputTokens', 'input_tokens', 'promptTokens']],
  ['out', ['outputTokens', 'output_tokens', 'completionTokens']],
  ['cached', ['cachedReadTokens', 'cacheReadTokens', 'cached_read_tokens']],
];

export function usageText(usage: Sent): string {
  const counts = COUNTS.flatMap(([word, names]) => {
    const count = names.map((name) => numberOf(usage[name])).find((found) => found !== undefined);
    return count === undefined || count === 0 ? [] : [`${countText(count)} ${word}`];
  });
  const tokens = counts.length === 0 ? '' : `${counts.join(', ')} tokens`;
  return [contextText(usage), tokens, costText(usage)].filter((part) => part !== '').join(' · ');
}

function contextText({ used, size }: Sent): string {
  const [taken, all] = [numberOf(used), numberOf(size)];
  if (taken === undefined || all === undefined || all <= 0) return '';
  return `${countText(taken)} of ${countText(all)} tokens of context (${Math.round((100 * taken) / all)} %)`;
}

function costText({ cost }: Sent): string {
  const { amount, currency } = objectOf(cost);
  const value = numberOf(amount);
  return value === undefined ? '' : `${value.toFixed(value < 0.01 ? 4 : 2)} ${textOf(currency) ?? ''}`.trim();
}

/** `12.3k`. */
function countText(count: number): string {
  if (count < 1000) return String(count);
  if (count < 1_000_000) return `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}
