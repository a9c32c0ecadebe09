/** What a conversation consists of. The reducer changes entries in place, and says which ones it has changed. */
import type { Sent } from '../sent.ts';

interface Begun {
  /** Number of the event that began it. */
  readonly id: number;
}

/** A piece of a message: text that grows, or a content block of another kind. */
export type MessagePart = { readonly at: 'text'; text: string } | { readonly at: 'block'; readonly block: Sent };

export interface MessageEntry extends Begun {
  readonly at: 'message';
  readonly role: 'user' | 'agent' | 'thought';
  readonly parts: MessagePart[];
  readonly messageId: string | undefined;
  /** Characters of it, for its bound. */
  length: number;
  /** It goes on where the entry before it was full. */
  readonly continued: boolean;
  /** Nothing more will be added. */
  ended: boolean;
}

export interface ToolEntry extends Begun {
  readonly at: 'tool';
  readonly toolCallId: string;
  title: string;
  kind: string;
  status: string;
  content: readonly unknown[];
  locations: readonly unknown[];
  rawInput: unknown;
  rawOutput: unknown;
  /** Its turn has ended before it did. */
  abandoned: boolean;
}

/** A command that the agent has run in a terminal of this machine. */
export interface TerminalEntry extends Begun {
  readonly at: 'terminal';
  readonly terminalId: string;
  command: string;
  cwd: string | undefined;
  end: { readonly output: string; readonly truncated: boolean; readonly exitCode: number | undefined } | undefined;
  /** A tool call shows it. */
  embedded: boolean;
}

export interface PlanEntry extends Begun {
  readonly at: 'plan';
  steps: readonly { readonly content: string; readonly status: string; readonly priority: string | undefined }[];
}

export interface PermissionAnswer {
  readonly optionId: string | undefined;
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

export interface PermissionEntry extends Begun {
  readonly at: 'permission';
  readonly permissionId: string;
  readonly toolCall: Sent;
  readonly options: readonly Sent[];
  answer: PermissionAnswer | undefined;
}

export interface TurnEndEntry extends Begun {
  readonly at: 'turn-end';
  readonly stopReason: string;
  readonly error: string | undefined;
  readonly usage: Sent;
}

/** Lines about what happened beside the conversation, those of one kind in a row taken together. */
export interface NotesEntry extends Begun {
  readonly at: 'notes';
  readonly kind: 'stderr' | 'warning' | 'notice' | 'files' | 'error' | 'state' | 'other';
  text: string;
  count: number;
}

export type Entry = MessageEntry | ToolEntry | TerminalEntry | PlanEntry | PermissionEntry | TurnEndEntry | NotesEntry;
