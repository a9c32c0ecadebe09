/** After which event of a numbered sequence a reader goes on, as every route of events has it. */
import Type from 'typebox';
import { headers } from './schema.ts';

/** What a reconnecting EventSource sends. */
export const EVENT_CURSOR = headers(
  Type.Object({
    'Last-Event-ID': Type.Optional(Type.Integer({ minimum: 0, description: 'Only events after this one.' })),
  }),
);

/** A parameter of the query. */
export const SINCE = {
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'The same for clients that cannot set the header.' })),
};

/** The number of the last event that the reader has; 0 for none. */
export const cursorOf = (
  { 'Last-Event-ID': lastEventId }: { readonly 'Last-Event-ID'?: number },
  { since }: { readonly since?: number },
): number => lastEventId ?? since ?? 0;
