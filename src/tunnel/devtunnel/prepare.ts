/** What has to be there before a tunnel can be hosted: a login, the tunnel, its ports, and who may connect. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { failureIn, loginFailure, type TunnelFailure } from './failure.ts';
import type { DevtunnelTool, ToolAnswer } from './tool.ts';
import type { TunnelPorts } from './tunnel-urls.ts';

const THERE_ALREADY = /already exists|conflict/i;

/** May be called again for a tunnel that is there. */
export async function prepareTunnel(
  tool: DevtunnelTool,
  id: string,
  { main, terminal }: TunnelPorts,
): Promise<Result<void, TunnelFailure>> {
  const login = await tool.run(['user', 'show']);
  if (!login.ok) return login;
  const missing = loginFailure(login.value);
  if (missing !== undefined) return fail(missing);
  const needed = [
    ['create', id, '--expiration', '30d'],
    ...[main, ...(terminal === undefined ? [] : [terminal])].map((port) => ['port', 'create', id, '-p', String(port)]),
    // Only lets the relay forward: who may do anything is decided by the key.
    ['access', 'create', id, '--anonymous'],
  ];
  for (const args of needed) {
    const done = await tool.run(args);
    if (!done.ok) return done;
    if (!succeeded(done.value)) return fail(failureIn(done.value.text, 'refused'));
  }
  // Otherwise the relay calls itself localhost, and its guard against foreign names and pages is all there is before the
  // key. A devtunnel that does not know these options refuses, which is no fault.
  for (const header of ['--host-header', '--origin-header']) {
    const done = await tool.run(['update', id, header, 'unchanged']);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

const succeeded = ({ code, text }: ToolAnswer): boolean => code === 0 || THERE_ALREADY.test(text);
