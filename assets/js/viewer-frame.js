// @ts-check
// Inside the iframe: starts the canvas program and passes frames to it. It is
// idle when nothing changes: the program asks for an animation frame after
// every frame, and these requests wait here until there is something to draw.

/** The iframe's window. @type {any} */
export const view = window;

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

function wake(frames = AWAKE_FRAMES) {
  awake = Math.max(awake, frames);
  release();
}

/** @type {MessagePort | null} */
let port = null;
const post = (/** @type {any} */ message) => port?.postMessage(message);

view.addEventListener("message", async (/** @type {MessageEvent} */ event) => {
  if (event.source !== view.parent || event.data?.type !== "init" || port) return;
  port = event.ports[0];
  port.onmessage = receive;
  try {
    await start(event.data);
    post({ type: "ready" });
    gate = true;
  } catch (error) {
    console.warn(String(error));
    post({ type: "nogl" });
  }
});

/** @param {{wasm: string, exec: string}} where */
async function start(where) {
  const compiled = WebAssembly.compileStreaming(fetch(where.wasm, { priority: "low" }));
  compiled.catch(() => {});
  await import(where.exec);
  const go = new view.Go();
  view.zoneaxisDrawn = (/** @type {number} */ seq) => post({ type: "drawn", seq });
  const instance = await WebAssembly.instantiate(await compiled, go.importObject);
  go.run(instance);
  for (let tries = 0; !view.zoneaxisViewer; tries++) {
    if (tries > 200) throw new Error("viewer: it did not start");
    await new Promise((done) => setTimeout(done, 25));
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

view.addEventListener("resize", () => wake(6));
view.addEventListener("webglcontextlost", () => post({ type: "lost" }), true);
view.addEventListener("pagehide", () => post({ type: "lost" }));
