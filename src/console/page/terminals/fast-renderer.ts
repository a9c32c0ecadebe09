/** Draws a terminal on the graphics card, where there is one: text drawn by WebGL in software is slower than as elements. */
import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** Call it before the terminal is opened: the other renderer is then never created. */
export function drawFast(terminal: Terminal): void {
  if (!hasFastWebgl()) return;
  const renderer = new WebglAddon();
  // When the context is lost (sleep, a driver that restarts) the other renderer takes over.
  renderer.onContextLoss(() => renderer.dispose());
  terminal.loadAddon(renderer);
}

let known: boolean | undefined;

/** Asked here, because the renderer throws where there is none, and after that nobody can catch it. */
function hasFastWebgl(): boolean {
  known ??= probe();
  return known;
}

/** What drivers that draw on the processor call themselves; not every browser calls that a caveat. */
const IN_SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function probe(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const driver: unknown = info === null ? '' : context.getParameter(info.UNMASKED_RENDERER_WEBGL);
  // Browsers keep few contexts, and take the oldest away when there are more.
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !IN_SOFTWARE.test(String(driver));
}
