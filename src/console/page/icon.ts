/** The icons, drawn as lines in a box of 16 × 16 in the colour of the text around them. */
const PATHS = {
  add: 'M8 3v10M3 8h10',
  agents: 'M2.5 3h11v7.500H7.500L4.500 13v-2.500h-2ZM5.500 6.700h.01M8 6.700h.01M10.500 6.700h.01',
  back: 'M10 3 5 8l5 5',
  chevron: 'm6 4 4 4-4 4',
  check: 'm3.5 8.5 3 3 6-7',
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3Z',
  cross: 'm4.5 4.5 7 7m0-7-7 7',
  download: 'M8 2.5v8m-3.5-3.5L8 10.5 11.5 7M3 13.5h10',
  down: 'M8 3v9M4 8.5 8 12.5l4-4',
  enlarge: 'M9.500 2.500h4v4M13.500 2.500l-4.500 4.500M6.500 13.500h-4v-4M2.500 13.500l4.500-4.500',
  eye: 'M1.5 8s2.5-4.5 6.5-4.5S14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm6.5 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  file: 'M4 2.5h5l3.500 3.500v7.500H4ZM9 2.500V6h3.500',
  files: 'M2 3.500h4l1.500 2h6.500v7.500H2Z',
  find: 'M7 11.5a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Zm3.300-1.200 3.700 3.700',
  fit: 'M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10',
  jobs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  keyboard: 'M1.5 4h13v8h-13ZM4 6.5h.01M6.700 6.5h.01M9.300 6.5h.01M12 6.5h.01M5 9.5h6',
  link: 'M9 2.500h4.500V7M13.500 2.500 7 9M11.500 9.500v4h-9v-9h4',
  lock: 'M4 7.5h8v6H4ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  machine:
    'M4.5 4.5h7v7h-7ZM6.5 1.500v3M9.500 1.500v3M6.5 11.500v3M9.500 11.500v3M1.500 6.500h3M1.500 9.500h3M11.500 6.500h3M11.500 9.500h3',
  open: 'M9 2.500h4.500V7M13.500 2.500 7.500 8.500M11.500 9v4.500h-9v-9H7',
  options: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.5v3M6 9.5v3',
  reduce: 'M9 3v4h4M13.500 2.500l-4.500 4.500M7 13v-4H3M2.500 13.500l4.500-4.500',
  rename: 'm10.500 3 2.500 2.500-7.500 7.500H3v-2.500Z',
  repeat: 'M13 8a5 5 0 1 1-1.5-3.600M13 2.5v3h-3',
  run: 'M4.5 3v10l8-5Z',
  server: 'M2 3h12v8H2ZM8 11v2.500M5.500 13.500h5',
  sessions: 'M3 3h10v4H3ZM3 9h10v4H3ZM5.5 5h.01M5.5 11h.01',
  send: 'M2.5 8h10.5M9 4l4 4-4 4',
  side: 'M2 3h12v10H2ZM6 3v10',
  stop: 'M4 4h8v8H4Z',
  terminals: 'M1.5 3h13v10h-13ZM4 6l2 2-2 2M8 10h3.5',
  upload: 'M8 10.5v-8m-3.5 3.5L8 2.5 11.5 6M3 13.5h10',
  up: 'M8 13V4M4 7.5 8 3.5l4 4',
  trash: 'M2.5 4.5h11M6 4.5V3h4v1.5M4 4.5l.7 9h6.600l.7-9',
  warning: 'M8 2.5 14.5 13.5h-13ZM8 6.5v3.5M8 11.900v.01',
  wrap: 'M2.5 4h11M2.5 8h8.5a2 2 0 0 1 0 4H8m1.5-1.5L8 12l1.5 1.5M2.5 12h2.5',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
