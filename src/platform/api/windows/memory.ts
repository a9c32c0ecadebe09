/** Strings and structures in the layout that Windows expects. */
import { ptr } from 'bun:ffi';

/** UTF-16 with the terminating zero. */
export function wide(text: string): Uint16Array {
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

/** A structure filled field by field. Whatever it points to must stay referenced while it is in use. */
export class Struct {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #kept: NodeJS.TypedArray[] = [];

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  i32(offset: number): number {
    return this.#view.getInt32(offset, true);
  }

  setU32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  setHandle(offset: number, value: number): this {
    this.#view.setBigInt64(offset, BigInt(value), true);
    return this;
  }

  /** Stores the address of `target` and keeps it from being collected as long as this structure lives. */
  setPointer(offset: number, target: NodeJS.TypedArray): this {
    this.#kept.push(target);
    this.#view.setBigUint64(offset, BigInt(ptr(target)), true);
    return this;
  }
}
