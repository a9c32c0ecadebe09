/** A process as terms and values. Values change in place: what is selected in the others stays. */
import type { ProcessResource } from '../../../protocol/processes.ts';
import { h, setChildren, setText } from '../element.ts';
import { inReadingOrder } from '../one-line.ts';
import { routeTo } from '../route.ts';
import { cpuText, memoryText } from './process-text.ts';

interface Fact {
  readonly term: string;
  readonly text: string;
  /** Where it leads. */
  readonly href?: string;
}

export function processFacts() {
  const element = h('dl', { class: 'server-facts process-facts' });
  let values: HTMLElement[] = [];
  let shown = '';
  return {
    element,
    show(process: ProcessResource): void {
      const facts = factsOf(process);
      const now = JSON.stringify(facts.map(({ term, href }) => [term, href]));
      if (now !== shown) {
        values = facts.map(({ href }) => (href === undefined ? h('span', {}) : h('a', { href })));
        const pairs = facts.map(({ term }, index) => [h('dt', {}, term), h('dd', {}, values[index])]);
        setChildren(element, ...pairs.flat());
      }
      shown = now;
      for (const [index, { text }] of facts.entries()) {
        const value = values[index];
        if (value !== undefined) setText(value, text);
      }
    },
  };
}

function factsOf(process: ProcessResource): Fact[] {
  const {
    pid,
    ppid,
    name,
    user,
    startedAt,
    cpu,
    memory,
    threads,
    pgid,
    sid,
    cwd,
    exitCode,
    jobId,
    ports = [],
  } = process;
  const facts: Record<string, Fact | string | number | undefined> = {
    Number: pid,
    Program: inReadingOrder(name),
    User: user ?? 'not told',
    Started: new Date(startedAt * 1000).toLocaleString(),
    'Exit code': exitCode,
    CPU: exitCode === undefined ? `${cpuText(cpu)} of one core` : undefined,
    Memory: exitCode === undefined ? memoryText(memory) : undefined,
    Threads: threads ?? undefined,
    Folder: cwd === undefined ? undefined : inReadingOrder(cwd),
    Job: jobId === undefined ? undefined : { term: 'Job', text: jobId, href: routeTo('jobs', jobId) },
    'Started by':
      ppid > 0 ? { term: 'Started by', text: String(ppid), href: routeTo('machine', String(ppid)) } : undefined,
    'Listens on':
      ports.length > 0 ? { term: 'Listens on', text: portsText(ports), href: routeTo('machine', 'ports') } : undefined,
    Group: pgid,
    Session: sid,
  };
  return Object.entries(facts).flatMap(([term, fact]) => {
    if (fact === undefined) return [];
    return [typeof fact === 'object' ? fact : { term, text: String(fact) }];
  });
}

const portsText = (ports: readonly number[]): string => `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
