import type { Elysia } from 'elysia';
import type { Health } from '../../protocol/health.ts';
import { describe } from '../describe.ts';
import { json } from '../failures.ts';
import type { Guard } from '../guard.ts';

export function healthRoutes(app: Elysia, guard: Guard, health: () => Health): void {
  app.get(
    '/health',
    ({ request }) => json(guard.hasKey(request) ? health() : { status: 'ok', authenticated: false }),
    describe({
      operationId: 'getHealth',
      summary: 'Whether the server answers and, with the key, how it is.',
      description: 'Without a valid key the answer is `{"status":"ok","authenticated":false}` and nothing more.',
      tags: ['Server'],
      open: true,
      answers: { 200: { description: 'The server answers.', schema: 'Health' } },
    }),
  );
}
