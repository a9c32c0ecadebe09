/** Summaries are titles on the page, where Markdown is not read. */
import type { DescribedApi } from './samples/sample-request.ts';

export function withPlainSummaries<Api extends DescribedApi>(api: Api): Api {
  const paths = Object.entries(api.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        { ...operation, summary: operation.summary.replaceAll('`', '') },
      ]),
    ),
  ]);
  return { ...api, paths: Object.fromEntries(paths) };
}
