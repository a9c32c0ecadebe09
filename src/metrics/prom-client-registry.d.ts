/** The type of the file of prom-client that exposition.ts loads alone. */
declare module 'prom-client/lib/registry.js' {
  import type { Registry } from 'prom-client';
  const registry: typeof Registry;
  export default registry;
}
