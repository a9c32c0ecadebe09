/** `GET /health`, short without the key, and `GET /healthz` for those who only look for a 200. */
import Type from 'typebox';
import { Health, HealthBrief } from '../../protocol/health.ts';
import { callerOf, mayUse, type Caller } from '../caller.ts';
import { answer, raw } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';

const BRIEF = { status: 'ok', authenticated: false } as const;

export const healthRoutes = (health: (caller: Caller) => Health) =>
  resource('health')
    .get(
      '/health',
      ({ request }) => {
        const caller = callerOf(request);
        return caller !== undefined && mayUse(caller, 'observe') ? health(caller) : BRIEF;
      },
      {
        access: 'open',
        withoutHost: true,
        response: { 200: answer('The server answers.', Type.Union([Health, HealthBrief])) },
        detail: {
          operationId: 'getHealth',
          summary: 'Whether the server answers and, with the key, its state.',
          description:
            'Without a valid key the answer is `{"status":"ok","authenticated":false}` and nothing more. A request without a Host header, such as one of HTTP/1.0, gets the same answer.',
          tags: ['Server'],
        },
      },
    )
    .get('/healthz', () => new Response('ok\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } }), {
      access: 'open',
      withoutHost: true,
      response: { 200: raw('The server answers: `ok` and a newline.', 'text/plain') },
      detail: {
        operationId: 'getHealthz',
        summary: 'Whether the server answers, for load balancers.',
        tags: ['Server'],
      },
    });
