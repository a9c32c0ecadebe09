/** The tool calls of a conversation, and the terminals whose output they show. */
import { numberOf, textOf, type Sent } from '../sent.ts';
import type { Entry, TerminalEntry, ToolEntry } from './entry.ts';
import type { Timeline } from './timeline.ts';
import { commandLine, mergeTool, newTool, terminalIdsOf } from './tool-facts.ts';

export class ToolCalls {
  readonly #timeline: Timeline;
  readonly #beforeNew: () => void;
  readonly #tools = new Map<string, ToolEntry>();
  readonly #terminals = new Map<string, TerminalEntry>();

  /** `beforeNew` is called before each new entry. */
  constructor(timeline: Timeline, beforeNew: () => void) {
    this.#timeline = timeline;
    this.#beforeNew = beforeNew;
  }

  terminal(terminalId: string): TerminalEntry | undefined {
    return this.#terminals.get(terminalId);
  }

  takeTool(id: number, data: Sent): void {
    const toolCallId = textOf(data['toolCallId']) ?? '';
    let tool = this.#tools.get(toolCallId);
    if (tool === undefined) {
      this.#beforeNew();
      tool = newTool(id, toolCallId);
      this.#tools.set(toolCallId, tool);
      this.#timeline.add(tool);
    }
    mergeTool(tool, data);
    this.#timeline.change(tool);
    for (const terminalId of terminalIdsOf(tool)) {
      const terminal = this.#terminals.get(terminalId);
      if (terminal === undefined || terminal.embedded) continue;
      terminal.embedded = true;
      this.#timeline.change(terminal);
    }
  }

  takeTerminal(id: number, data: Sent): void {
    const terminalId = textOf(data['terminalId']) ?? '';
    const showing = [...this.#tools.values()].filter((tool) => terminalIdsOf(tool).includes(terminalId));
    let terminal = this.#terminals.get(terminalId);
    if (terminal === undefined) {
      this.#beforeNew();
      const embedded = showing.length > 0;
      terminal = { id, at: 'terminal', terminalId, command: '', cwd: undefined, end: undefined, embedded };
      this.#terminals.set(terminalId, terminal);
      this.#timeline.add(terminal);
    }
    if (data['command'] !== undefined) {
      terminal.command = commandLine(data);
      terminal.cwd = textOf(data['cwd']);
    }
    if (data['output'] !== undefined)
      terminal.end = {
        output: textOf(data['output']) ?? '',
        truncated: data['truncated'] === true,
        exitCode: numberOf(data['exitCode']),
      };
    for (const entry of [terminal, ...showing]) this.#timeline.change(entry);
  }

  /** The turn has ended: what runs still will not be heard of again. */
  endTurn(): void {
    for (const tool of this.#tools.values()) {
      if (tool.abandoned || !['pending', 'in_progress'].includes(tool.status)) continue;
      tool.abandoned = true;
      this.#timeline.change(tool);
    }
  }

  forget(gone: readonly Entry[]): void {
    for (const entry of gone) {
      if (entry.at === 'tool') this.#tools.delete(entry.toolCallId);
      // A tool call that stays may show the output of a terminal that began earlier.
      if (entry.at === 'terminal' && !entry.embedded) this.#terminals.delete(entry.terminalId);
      if (entry.at === 'tool') for (const terminalId of terminalIdsOf(entry)) this.#terminals.delete(terminalId);
    }
  }
}
