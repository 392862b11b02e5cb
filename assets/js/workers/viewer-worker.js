// @ts-check
// The canvas program in a worker: its start, a second of one processor on a
// phone, never holds up the page. It is idle when nothing changes: the program
// asks for an animation frame after every frame, and these requests wait here
// until there is something to draw.

/** The worker. @type {any} */
export const view = self;

const AWAKE_FRAMES = 3; // the program shows a frame one or two after it got it

const realFrame = view.requestAnimationFrame.bind(view);
/** @type {FrameRequestCallback[]} */
let waiting = [];
let awake = AWAKE_FRAMES;
let scheduled = false;
let gate = false;

function release() {
  if (scheduled || !waiting.length || (gate && awake <= 0)) return;
  scheduled = true;
  realFrame((/** @type {number} */ time) => {
    scheduled = false;
    awake--;
    const calls = waiting;
    waiting = [];
    for (const call of calls) call(time);
    release();
  });
}

view.requestAnimationFrame = (/** @type {FrameRequestCallback} */ call) => {
  waiting.push(call);
  release();
};

/** Lets some frames be drawn. */
function wake(frames = AWAKE_FRAMES) {
  awake = Math.max(awake, frames);
  release();
}

/**
 * Starts the program; the port leads to the page.
 * @param {MessagePort} port
 * @param {{wasm: string, exec: string}} where
 */
async function start(port, where) {
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

// Ebitengine asks for a document; this is as much of one as it needs.
const body = { style: {}, clientWidth: 0, clientHeight: 0, appendChild() {} };

/**
 * Ebitengine reads the number of device pixels per CSS pixel once and keeps it,
 * but a window may go to another screen: it is told that they are the same.
 * @param {{width: number, height: number, ratio: number}} size CSS pixels, device pixels per CSS pixel
 */
function fit({ width, height, ratio }) {
  body.clientWidth = Math.round(width * ratio);
  body.clientHeight = Math.round(height * ratio);
  view.devicePixelRatio = 1;
}

/** @param {any} canvas an OffscreenCanvas */
function pretend(canvas) {
  // The program would listen for keys and pointers, and load itself again.
  Object.assign(canvas, { style: {}, addEventListener() {}, setAttribute() {}, focus() {} });
  view.window = view;
  view.screen = { width: 0, height: 0 };
  view.Document = class {
    get hidden() {
      return false;
    }
  };
  view.document = Object.assign(new view.Document(), {
    body,
    head: body,
    documentElement: body,
    hasFocus: () => true,
    addEventListener() {},
    createElement: (/** @type {string} */ tag) => (tag === "canvas" ? canvas : {}),
  });
  view.navigator.getGamepads = () => [];
}

view.addEventListener("message", (/** @type {MessageEvent} */ { data, ports }) => {
  if (data.type === "size") {
    fit(data);
    view.dispatchEvent(new Event("resize"));
    return wake(6);
  }
  const port = ports[0];
  data.canvas.addEventListener("webglcontextlost", () => {
    port.postMessage({ type: "lost" });
    view.postMessage({ type: "lost" });
  });
  pretend(data.canvas);
  fit(data);
  start(port, data);
});

// Asking for a first context may take a second where there is no graphics card.
const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
gl?.getExtension("WEBGL_lose_context")?.loseContext();
view.postMessage({ type: gl ? "able" : "nogl" });
