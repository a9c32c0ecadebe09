/** Why a prompt has no result. */
import type { PromptError as Declared, PromptFailure, PromptProgress } from './acp-client.d.mts';

export class PromptError extends Error implements Declared {
  override readonly name = 'PromptError';
  readonly failure: PromptFailure;
  readonly progress: PromptProgress;

  constructor(failure: PromptFailure, message: string, progress: PromptProgress) {
    super(message, failure.reason === 'aborted' ? { cause: failure.cause } : undefined);
    this.failure = failure;
    this.progress = progress;
  }

  get reason(): PromptFailure['reason'] {
    return this.failure.reason;
  }
}

export const NO_PROGRESS: PromptProgress = {
  text: '',
  sessionId: undefined,
  toolCalls: [],
  usage: null,
  stderr: '',
  warnings: [],
};
