/** Scopes: what an API key may be allowed to do. A route says which one it needs. */
export const SCOPES = ['observe', 'run', 'agents', 'files:read', 'files:write', 'ports', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
