/** Why one of the things that were to be copied is not: the sentence for the user. What the others are about goes on. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export const changed = (path: string): Refusal => new Refusal(`${path} changed while it was copied; copy it again`);
