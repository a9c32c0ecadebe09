/**
 * The policies by which requests of agents are answered when no person does.
 *
 * A policy decides what an agent asks for. It does not contain an agent that does not ask, and an agent may do something
 * else than it said: containment is the work of the system's user, of a container or of a virtual machine.
 */

/** The first one is what agents get unless something else is asked for. */
export const POLICY_NAMES = ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];
