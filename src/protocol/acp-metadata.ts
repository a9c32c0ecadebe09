/** What a client of acpremote's wire reads before it opens its socket. */
import Type, { type Static } from 'typebox';

export const AcpMetadata = Type.Object(
  {
    transport_kind: Type.Literal('websocket', { description: 'How it is spoken to.' }),
    transport_version: Type.Literal(1, { description: 'Version of the wire.' }),
    package_version: Type.String({ description: 'Version of this server.' }),
    auth_required: Type.Literal(true, { description: 'The key is always needed.' }),
    supported_auth_modes: Type.Array(Type.String(), {
      description: '`bearer`: the key as `Authorization: Bearer KEY`.',
    }),
    max_size: Type.Integer({ minimum: 1, description: 'Bytes of UTF-8 that a message to the server may have.' }),
    max_queue: Type.Integer({ minimum: 1, description: 'Messages that its client lets wait before it reads no more.' }),
    compression: Type.Null({ description: 'None.' }),
    health_path: Type.String({ description: 'Path that answers `ok` without a key.' }),
    metadata_path: Type.String({ description: 'Path of this document.' }),
    websocket_path: Type.String({ description: 'Path of the socket.' }),
    supported_agent_families: Type.Array(Type.String(), { description: 'Id of the agent behind the socket.' }),
    remote_cwd: Type.String({
      description: 'Absolute path of the folder on this machine that clients are to work in.',
    }),
  },
  { $id: 'AcpMetadata', description: 'The socket of acpremote’s wire, and its limits.' },
);
export type AcpMetadata = Static<typeof AcpMetadata>;
