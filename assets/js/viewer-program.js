// @ts-check
// Starts the canvas program and passes frames to it, in the iframe's worker or
// in its document. It is idle when nothing changes: the program asks for an
// animation frame after every frame, and these requests wait here until there
// is something to draw.

/** The global object of the worker or of the document. @type {any} */
export const view = self;

const AWAKE_FRAMES = 3; // the program shows a frame one or two after it got it

const realFrame = view.requestAnimationFrame.bind(view);
/** @type {Map<number, FrameRequestCallback>} */
const waiting = new Map();
let handle = 0;
let awake = AWAKE_FRAMES;
let scheduled = false;
let gate = false;

function release() {
  if (scheduled || waiting.size === 0 || (gate && awake <= 0)) return;
  scheduled = true;
  realFrame((/** @type {number} */ time) => {
    scheduled = false;
    awake--;
    const calls = [...waiting.values()];
    waiting.clear();
    for (const call of calls) call(time);
    release();
  });
}

view.requestAnimationFrame = (/** @type {FrameRequestCallback} */ call) => {
  waiting.set(++handle, call);
  release();
  return handle;
};
view.cancelAnimationFrame = (/** @type {number} */ id) => void waiting.delete(id);

/** Lets some frames be drawn. */
export function wake(frames = AWAKE_FRAMES) {
  awake = Math.max(awake, frames);
  release();
}

/**
 * Starts the program; the port leads to the page.
 * @param {MessagePort} port
 * @param {{wasm: string, exec: string}} where
 */
export async function start(port, where) {
  port.onmessage = receive;
  const failed = (/** @type {any} */ why) => {
    console.warn(`viewer: ${why}`);
    port.postMessage({ type: "failed" });
  };
  const compiled = WebAssembly.compileStreaming(fetch(where.wasm, { priority: "low" }));
  compiled.catch(() => {});
  try {
    await import(where.exec);
    const go = new view.Go();
    // Its picture is on the screen one frame after the program has drawn it.
    view.zoneaxisDrawn = (/** @type {number} */ seq) => realFrame(() => port.postMessage({ type: "drawn", seq }));
    // It registers its functions before it first waits.
    go.run(await WebAssembly.instantiate(await compiled, go.importObject)).then(() => failed("it stopped"), failed);
    if (!view.zoneaxisViewer) return;
    port.postMessage({ type: "ready" });
    gate = true;
  } catch (error) {
    failed(error);
  }
}

/** @param {MessageEvent} event */
function receive(event) {
  const data = event.data;
  let fault = "";
  if (data instanceof ArrayBuffer) fault = view.zoneaxisViewer?.frame(new Uint8Array(data));
  else if (data.type === "style") fault = view.zoneaxisViewer?.palette(data.palette);
  if (fault) console.warn(fault);
  wake();
}
