/** How a route tells what it takes and gives: the parts of an OpenAPI 3.1 operation, made from TypeBox shapes. */
import type { TSchema } from 'typebox';
import { Accepted, CancelAnswer, InputAnswer, InputRequest, JobResource, NudgeAnswer } from '../protocol/job.ts';
import { ErrorBody } from '../protocol/error.ts';
import { ExecRequest } from '../protocol/exec.ts';
import { EndEvent, OutputEvent, StatusEvent } from '../protocol/feed.ts';
import { SessionDeleted, SessionResource } from '../protocol/session.ts';
import { Health, HealthBrief } from '../protocol/health.ts';
import {
  TerminalClientFrame,
  TerminalControlFrame,
  TerminalDeleted,
  TerminalExecuteAnswer,
  TerminalExecuteRequest,
  TerminalInput,
  TerminalInputAnswer,
  TerminalOutput,
  TerminalResource,
  TerminalRequest,
  TerminalScreen,
  TerminalSize,
  Ticket,
} from '../protocol/terminal.ts';

/** The shapes that have a name in the document. */
export const NAMED_SCHEMAS = {
  Accepted,
  CancelAnswer,
  EndEvent,
  ErrorBody,
  ExecRequest,
  Health,
  HealthBrief,
  InputAnswer,
  InputRequest,
  JobResource,
  NudgeAnswer,
  OutputEvent,
  SessionDeleted,
  SessionResource,
  StatusEvent,
  TerminalClientFrame,
  TerminalControlFrame,
  TerminalDeleted,
  TerminalExecuteAnswer,
  TerminalExecuteRequest,
  TerminalInput,
  TerminalInputAnswer,
  TerminalOutput,
  TerminalResource,
  TerminalRequest,
  TerminalScreen,
  TerminalSize,
  Ticket,
} as const;
type SchemaName = keyof typeof NAMED_SCHEMAS;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: TSchema;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly [string];
  /** Answered without a key. */
  readonly open?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly body?: SchemaName;
  /** Status → what it means, and the JSON shape or media type of the body. */
  readonly answers: Readonly<Record<number, Answer>>;
}

interface Answer {
  readonly description: string;
  readonly schema?: SchemaName;
  readonly list?: boolean;
  readonly media?: string;
}

const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });

/** For the second argument of an Elysia route. */
export function describe(operation: Operation): { detail: Record<string, unknown> } {
  const { open = false, body, answers, parameters = [], tags, ...rest } = operation;
  return {
    detail: {
      ...rest,
      tags: [...tags],
      ...(parameters.length > 0 && { parameters: parameters.map((one) => ({ ...one, required: one.in === 'path' })) }),
      ...(body !== undefined && {
        requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } },
      }),
      responses: Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...(open && { security: [] }),
    },
  };
}

function describeAnswer({ description, schema, list = false, media }: Answer): Record<string, unknown> {
  if (media !== undefined) return { description, content: { [media]: { schema: { type: 'string' } } } };
  if (schema === undefined) return { description };
  const one = ref(schema);
  return { description, content: { 'application/json': { schema: list ? { type: 'array', items: one } : one } } };
}

/** An answer that refuses. */
export const refusal = (description: string): Answer => ({ description, schema: 'ErrorBody' });
