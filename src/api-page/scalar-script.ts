/**
 * Scalar's API reference as one script for browsers.
 *
 * It comes from its plugin for Fastify, which carries that very script: @scalar/api-reference itself needs 300
 * packages, 310 MB, to be installed. The plugin is asked for it as Fastify would ask.
 */
import { dirname, join } from 'node:path';

const PACKAGE = '@scalar/fastify-api-reference';

interface Route {
  readonly url: string;
  handler(request: unknown, reply: Reply): unknown;
}

interface Reply {
  header(name: string, value: string): Reply;
  send(text: string): Reply;
}

type Plugin = (
  fastify: { route(route: Route): void; hasPlugin(name: string): boolean },
  options: { readonly configuration: { readonly content: object } },
  done: () => void,
) => void;

export async function scalarScript(): Promise<string> {
  // By a name that the bundler does not follow: the executable has the page, and not what it was made from.
  const path = Bun.resolveSync(PACKAGE, import.meta.dir);
  const { default: plugin } = (await import(path)) as { readonly default: Plugin };
  const routes: Route[] = [];
  const fastify = { route: (route: Route) => void routes.push(route), hasPlugin: () => false };
  plugin(fastify, { configuration: { content: {} } }, () => {});
  let script = '';
  const reply: Reply = {
    header: () => reply,
    send(text) {
      script = text;
      return reply;
    },
  };
  await routes.find(({ url }) => url.endsWith('.js'))?.handler({}, reply);
  if (!script.includes('createApiReference')) throw new Error(`${PACKAGE} has no script: look at ${import.meta.file}`);
  // Its licence wants to be with each copy. The source map is not served.
  const license = await Bun.file(join(dirname(path), '..', 'LICENSE')).text();
  return `/*! Scalar API reference, https://github.com/scalar/scalar\n\n${license.trim()}\n*/\n${script.replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n')}`;
}
