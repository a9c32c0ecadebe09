/** A small graph of the last minutes. Its size comes from the style sheet; it stretches into whatever that says. */
import { setAttribute } from '../element.ts';
import { graphPaths, graphText, type LoadPoint } from './load-history.ts';

const SVG = 'http://www.w3.org/2000/svg';
const BOX = { width: 300, height: 100 };

export interface Sparkline {
  readonly element: SVGSVGElement;
  readonly show: (points: readonly LoadPoint[]) => void;
}

/** `said`: false where the same is said beside it. */
export function sparkline(name: string, of: 'cpu' | 'memory', said = true): Sparkline {
  const element = document.createElementNS(SVG, 'svg');
  element.classList.add('sparkline');
  setAttribute(element, 'viewBox', `0 0 ${BOX.width} ${BOX.height}`);
  setAttribute(element, 'preserveAspectRatio', 'none');
  setAttribute(element, 'role', said && 'img');
  setAttribute(element, 'aria-hidden', !said && 'true');
  const [area, line] = ['sparkline-area', 'sparkline-line'].map((part) => {
    const path = document.createElementNS(SVG, 'path');
    path.classList.add(part);
    return path;
  });
  for (const path of [area, line]) if (path !== undefined) element.append(path);
  return {
    element,
    show(points) {
      const paths = graphPaths(points, of, BOX);
      if (area !== undefined) setAttribute(area, 'd', paths.area);
      if (line !== undefined) setAttribute(line, 'd', paths.line);
      if (said) setAttribute(element, 'aria-label', graphText(name, points, of));
    },
  };
}
