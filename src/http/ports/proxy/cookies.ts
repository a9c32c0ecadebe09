/** Names of cookies that stand for leave to see a port in a browser: no target gets one, and none may set one. */
export const PORT_COOKIES: ReadonlySet<string> = new Set(['agent-server-port', '__Host-agent-server-port']);
