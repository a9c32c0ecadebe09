/** Tool calls as agents tell of them: announced, then updated field by field, or updated without having been announced. */
import { listOf, objectOf, textOf, type Sent } from '../sent.ts';
import type { PlanEntry, ToolEntry } from './entry.ts';

export const newTool = (id: number, toolCallId: string): ToolEntry => ({
  id,
  at: 'tool',
  toolCallId,
  title: '',
  kind: 'other',
  status: 'pending',
  content: [],
  locations: [],
  rawInput: undefined,
  rawOutput: undefined,
  abandoned: false,
});

/** A field that is absent or null stays as it was. */
export function mergeTool(tool: ToolEntry, sent: Sent): void {
  tool.title = textOf(sent['title']) ?? tool.title;
  tool.kind = textOf(sent['kind']) ?? tool.kind;
  tool.status = textOf(sent['status']) ?? tool.status;
  tool.content = Array.isArray(sent['content']) ? sent['content'] : tool.content;
  tool.locations = Array.isArray(sent['locations']) ? sent['locations'] : tool.locations;
  tool.rawInput = sent['rawInput'] ?? tool.rawInput;
  tool.rawOutput = sent['rawOutput'] ?? tool.rawOutput;
}

/** The terminals whose output it shows. */
export const terminalIdsOf = ({ content }: Pick<ToolEntry, 'content'>): string[] =>
  content.flatMap((one) => {
    const { type, terminalId } = objectOf(one);
    return type === 'terminal' && typeof terminalId === 'string' ? [terminalId] : [];
  });

/** A command with its arguments, as it could be typed; for reading only. */
export const commandLine = ({ command, args }: Sent): string =>
  [textOf(command) ?? '', ...listOf(args).map((one) => quoted(String(one)))].join(' ');

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export function stepOf(sent: unknown): PlanEntry['steps'][number] {
  const { content, status, priority } = objectOf(sent);
  return { content: textOf(content) ?? '', status: textOf(status) ?? 'pending', priority: textOf(priority) };
}
