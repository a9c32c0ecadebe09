/** The permission requests of a conversation that wait for an answer. */
import { listOf, objectOf, textOf, type Sent } from '../sent.ts';
import type { PermissionEntry } from './entry.ts';
import type { Timeline } from './timeline.ts';

export class Permissions {
  readonly #timeline: Timeline;
  readonly #pending = new Map<string, PermissionEntry>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get pending(): PermissionEntry[] {
    return [...this.#pending.values()];
  }

  take(id: number, data: Sent): void {
    const permissionId = String(data['id']);
    const permission: PermissionEntry = {
      id,
      at: 'permission',
      permissionId,
      toolCall: objectOf(data['toolCall']),
      options: listOf(data['options']).map(objectOf),
      answer: undefined,
    };
    this.#pending.set(permissionId, permission);
    this.#timeline.add(permission);
  }

  answer(id: number, data: Sent): void {
    const permission = this.#pending.get(String(data['id']));
    const [optionId, by, reason] = [data['optionId'], data['by'], data['reason']].map(textOf);
    if (permission === undefined) {
      this.#timeline.note(id, 'notice', `A permission request was answered: ${reason ?? optionId ?? 'cancelled'}`);
      return;
    }
    permission.answer = { optionId, by, reason };
    this.#pending.delete(permission.permissionId);
    this.#timeline.change(permission);
  }
}
