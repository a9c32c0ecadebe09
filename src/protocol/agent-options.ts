/** Mode, model and options of an agent session on the wire. */
import Type from 'typebox';

export const AgentModeRequest = Type.Object(
  {
    modeId: Type.String({
      minLength: 1,
      description: 'One of `modes`, or a value of the option of category `mode`.',
      examples: ['plan'],
    }),
  },
  { $id: 'AgentModeRequest' },
);
export const AgentModelRequest = Type.Object(
  {
    modelId: Type.String({
      minLength: 1,
      description: 'One of `models`, or a value of the option of category `model`.',
      examples: ['default'],
    }),
  },
  { $id: 'AgentModelRequest' },
);
export const AgentConfigRequest = Type.Object(
  {
    configId: Type.String({ minLength: 1, description: 'Id of one of `configOptions`.', examples: ['model'] }),
    value: Type.Union([Type.String(), Type.Boolean()], { description: 'Its new value.', examples: ['default'] }),
  },
  { $id: 'AgentConfigRequest' },
);
