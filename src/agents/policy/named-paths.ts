/** The places that a tool call names: in its locations, its diffs and its input. Its title is for people, and names nothing. */
import { fileURLToPath } from 'node:url';
import { isObject } from '../is-object.ts';
import { roleOf, type PathRole } from './path-fields.ts';
import { shown } from '../shown.ts';

export interface NamedPaths {
  /** Files and folders that the call is about, as the agent wrote them. */
  readonly targets: readonly string[];
  /** Folders from which relative ones may be meant. */
  readonly bases: readonly string[];
  /** What cannot be understood, as sentences. */
  readonly unclear: readonly string[];
}

/** Deeper, or more of them, is no tool call that anybody could judge. */
const MAX_DEPTH = 16;
const MAX_PATHS = 1000;

/**
 * `calls` are the request and what was announced of the same call before: a place that either of them names counts.
 * `takesText`: whether an input that is a mere text, such as a command line, is understood.
 */
export function pathsNamedBy(calls: readonly unknown[], takesText: boolean): NamedPaths {
  const found = new Finder();
  const objects = calls.filter(isObject);
  for (const call of objects) {
    found.locations(call['locations'], 'locations');
    found.diffs(call['content']);
    found.input(call['rawInput'], takesText);
  }
  // Kimi Code 2.1 has no rawInput yet when it asks: the input is announced as a text of JSON.
  if (objects.every((call) => isNothing(call['rawInput']))) {
    for (const call of objects) for (const input of jsonTexts(call['content'])) found.input(input, takesText);
  }
  const { targets, bases, unclear } = found;
  if (targets.size + bases.size > MAX_PATHS) unclear.add(`It names more than ${MAX_PATHS} paths.`);
  return { targets: [...targets], bases: [...bases], unclear: [...unclear] };
}

class Finder {
  readonly targets = new Set<string>();
  readonly bases = new Set<string>();
  readonly unclear = new Set<string>();
  /** How many places were named, the same one again included. */
  #count = 0;

  locations(list: unknown, what: string): void {
    if (isNothing(list)) return;
    if (!Array.isArray(list)) return void this.unclear.add(`Its ${what} are not a list.`);
    for (const item of list as readonly unknown[]) {
      const path = isObject(item) ? item['path'] : undefined;
      if (typeof path === 'string') this.targets.add(path);
      else this.unclear.add(`One of its ${what} has no path.`);
    }
  }

  diffs(content: unknown): void {
    if (isNothing(content)) return;
    if (!Array.isArray(content)) return void this.unclear.add('Its content is not a list.');
    this.locations(
      content.filter((block: unknown) => isObject(block) && block['type'] === 'diff'),
      'diffs',
    );
  }

  input(input: unknown, takesText: boolean): void {
    const value = typeof input === 'string' ? (parsed(input) ?? input) : input;
    if (isNothing(value)) return;
    if (isObject(value) || (takesText && Array.isArray(value))) this.#search(value, 'rawInput', undefined, 0);
    else if (!takesText) this.unclear.add('Its rawInput is not an object.');
  }

  #search(value: unknown, at: string, role: PathRole | undefined, depth: number): void {
    if (isNothing(value) || value === '') return;
    if (depth > MAX_DEPTH) return void this.unclear.add('Its rawInput is nested too deeply.');
    const isPlace = role !== undefined && role !== 'keys' && role !== 'input';
    if (typeof value === 'string') {
      if (isPlace) this.#add(value, at, role);
      else if (role === 'input') this.#search(parsed(value), at, undefined, depth + 1);
    } else if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) this.#search(item, at, isPlace ? role : undefined, depth + 1);
    } else if (isObject(value)) {
      const before = this.#count;
      for (const [key, item] of Object.entries(value)) {
        if (role === 'keys') this.#add(key, at, 'path');
        this.#search(item, `${at}.${key}`, roleOf(key), depth + 1);
      }
      // An object where a path is expected has to hold one, as in `files: [{ path }]`.
      if (isPlace && this.#count === before) this.#cannotRead(at);
    } else if (isPlace) this.#cannotRead(at);
  }

  #add(text: string, at: string, role: PathRole): void {
    this.#count += 1;
    if (role === 'workdir' || role === 'folder') this.bases.add(text);
    if (role === 'path' || role === 'folder') this.targets.add(text);
    if (role !== 'uri') return;
    const path = pathOfUri(text);
    if (path === undefined) this.unclear.add(`Its ${shown(at)} names no file: ${shown(text)}.`);
    else this.targets.add(path);
  }

  #cannotRead(at: string): void {
    this.unclear.add(`Its ${shown(at)} names a path in a way that cannot be understood.`);
  }
}

function pathOfUri(uri: string): string | undefined {
  if (!/^[a-z][a-z\d+.-]+:/i.test(uri)) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** The objects that are in the content as texts. */
function jsonTexts(content: unknown): unknown[] {
  return (Array.isArray(content) ? content : []).flatMap((block: unknown) => {
    const inner = isObject(block) && block['type'] === 'content' ? block['content'] : undefined;
    const text = isObject(inner) && inner['type'] === 'text' ? inner['text'] : undefined;
    return (typeof text === 'string' ? parsed(text) : undefined) ?? [];
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isNothing = (value: unknown): value is null | undefined => value === null || value === undefined;
