/** `npm run build:client`: makes the package of the client in dist/client. */
import { join } from 'node:path';
import { BUILD } from '../build-info.ts';
import { checkedVersion } from './build/baked-info.ts';
import { buildClient, CLIENT_PACKAGE } from './client-package/build-client.ts';
import { printLine, runCommand } from './command.ts';

const HELP = `Makes dist/client, the package ${CLIENT_PACKAGE} for Node 20, Bun and the browser.

  npm run build:client
  npm run build:client -- --version 1.2.3
  npm pack ./dist/client                       agent-server-client-VERSION.tgz, to install or to publish

  --version V    the version it is (default: that of package.json)`;

process.exitCode = await runCommand(
  {
    name: 'build:client',
    help: HELP,
    options: { version: { type: 'string' } },
    async run({ version }) {
      const taken = version === undefined ? BUILD.version : checkedVersion(version);
      await buildClient(join(import.meta.dir, '..', '..', 'dist', 'client'), taken);
      printLine(`dist/client: ${CLIENT_PACKAGE} ${taken}`);
      return 0;
    },
  },
  Bun.argv.slice(2),
);
