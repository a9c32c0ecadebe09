/** `GET /audit`: the audit log, a page at a time. */
import Type from 'typebox';
import type { AuditLog } from '../../audit/audit-log.ts';
import { AuditEntry } from '../../protocol/audit.ts';
import { answer, PARAMETER_INVALID, refusal } from '../wire/answers.ts';
import { query } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';

const MAX_WAIT_SECONDS = 30;
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

const PAGE = query(
  Type.Object({
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_PAGE_SIZE,
        default: DEFAULT_PAGE_SIZE,
        description: `The most entries to list, 1 to ${MAX_PAGE_SIZE}. Default ${DEFAULT_PAGE_SIZE}.`,
      }),
    ),
    after: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Only entries after the one with this number, the earliest of them.' }),
    ),
    before: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Only entries before the one with this number, the latest of them.' }),
    ),
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_WAIT_SECONDS,
        description: `With \`after\`, a long-poll: the answer comes when there is such an entry, or after this many seconds, 0 to ${MAX_WAIT_SECONDS}.`,
      }),
    ),
  }),
);

export const auditRoutes = (log: AuditLog) =>
  resource('audit').get(
    '/audit',
    async ({ query: { limit = DEFAULT_PAGE_SIZE, after, before, wait }, request }) => {
      if (after !== undefined && wait !== undefined) await log.beyond(after, wait * 1000, request.signal);
      const page = await log.page(limit, {
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
      });
      return page.ok ? page.value : refuse(page.failure);
    },
    {
      access: 'admin',
      ...PAGE,
      response: {
        200: answer('The entries, newest last.', Type.Array(AuditEntry)),
        400: PARAMETER_INVALID,
        500: refusal('The files of the log cannot be read; the message says why.'),
      },
      detail: {
        operationId: 'listAudit',
        summary: 'Who did what to this server, newest last.',
        description:
          'Every request has an entry, except those that only read: `GET` of scope `observe` or without a scope; refused ones have one too. Without `after` and `before` the answer is the newest entries. To follow the log, ask for those `after` the last one, with `wait`; such requests have no entry of their own. The log holds no keys, queries, headers or bodies: no commands, environments, input or prompts. Of requests without a valid key, 60 get an entry at once, and then one every 10 seconds; the next entry has the number of the others.',
        tags: ['Server'],
      },
    },
  );
