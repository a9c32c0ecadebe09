/** The document that a client of acpremote's wire reads: all of its fields always, since it drops the whole of it otherwise. */
import type { Clients } from '../../agents/clients/client.ts';
import { ok, type Result } from '../../core/failure.ts';
import type { AcpMetadata } from '../../protocol/acp-metadata.ts';
import { VERSION } from '../../version.ts';
import { namedBy, pathOfAgent, type Address } from './asked.ts';
import type { AcpFailure } from './failures.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';

export function metadataFor(clients: Clients, address: Address): Result<AcpMetadata, AcpFailure> {
  const named = namedBy(address);
  if (!named.ok) return named;
  const agent = clients.agent(named.value.agent);
  if (!agent.ok) return agent;
  // Its clients drop the query and send no header, so the path names the agent.
  const path = pathOfAgent(named.value.agent);
  return ok({
    transport_kind: 'websocket',
    transport_version: 1,
    package_version: VERSION,
    auth_required: true,
    supported_auth_modes: ['bearer'],
    max_size: MAX_MESSAGE_BYTES,
    max_queue: 16,
    compression: null,
    health_path: '/healthz',
    metadata_path: path,
    websocket_path: `${path}/ws`,
    supported_agent_families: [agent.value],
    remote_cwd: clients.cwd,
  });
}
