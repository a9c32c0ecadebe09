/** `GET /metrics`: the figures of this server, for Prometheus. */
import { raw } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';

export interface MetricsText {
  readonly text: string;
  readonly contentType: string;
}

export const metricsRoutes = (metrics: () => Promise<MetricsText>) =>
  resource('metrics').get(
    '/metrics',
    async () => {
      const { text, contentType } = await metrics();
      return new Response(text, { headers: { 'content-type': contentType } });
    },
    {
      access: 'observe',
      response: { 200: raw('Text format of Prometheus, version 0.0.4.', 'text/plain') },
      detail: {
        operationId: 'getMetrics',
        summary: 'The metrics of this server, for Prometheus.',
        description:
          'Labels are modes, statuses, routes and versions, and never what a client wrote. Prometheus sends the key with `authorization: {credentials_file: …}`. A dashboard for Grafana is in docs/grafana.json.',
        tags: ['Server'],
      },
    },
  );
