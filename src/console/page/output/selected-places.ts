/** What is selected of an output: from where to where, also where the rows between are not on the page. */
import type { Place } from './output-document.ts';

export interface SelectedSpan {
  /** The character in its row at which it begins, and before which it ends. */
  readonly from: Place & { readonly character: number };
  readonly to: Place & { readonly character: number };
}

type PlaceOf = (element: Element) => Place | undefined;

/** The rows in which the selection begins and ends, or the next one would begin: they have to stay on the page. */
export function placesOfSelection(text: HTMLElement, placeOf: PlaceOf): Place[] {
  const selection = getSelection();
  if (selection === null) return [];
  return [selection.anchorNode, selection.focusNode].flatMap((node) => {
    const line = lineOf(text, node);
    const place = line && placeOf(line);
    return place === undefined ? [] : [place];
  });
}

/** Undefined where something else is selected, or nothing. */
export function selectedSpan(text: HTMLElement, placeOf: PlaceOf): SelectedSpan | undefined {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  const from = pointOf(startContainer, startOffset);
  const to = pointOf(endContainer, endOffset);
  return from && to && { from, to };

  function pointOf(node: Node, offset: number): SelectedSpan['from'] | undefined {
    // All of it selected ends between rows.
    if (node === text) return edgeOf(text.children[offset] ?? text.lastElementChild, offset >= text.children.length);
    const line = lineOf(text, node);
    const place = line && placeOf(line);
    if (line === undefined || place === undefined) return undefined;
    const before = document.createRange();
    before.setStart(line, 0);
    before.setEnd(node, offset);
    return { block: place.block, row: place.row, character: before.toString().length };
  }

  function edgeOf(line: Element | null, after: boolean): SelectedSpan['from'] | undefined {
    const place = line === null ? undefined : placeOf(line);
    return place && { ...place, character: after ? (line?.textContent.length ?? 0) : 0 };
  }
}

function lineOf(text: HTMLElement, node: Node | null): Element | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  const line = element?.closest('.line') ?? undefined;
  return line !== undefined && text.contains(line) ? line : undefined;
}
