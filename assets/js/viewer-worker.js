// @ts-check
// The canvas program in a worker: its start, a second of one processor on a
// phone, never holds up the page. Ebitengine asks for a document; this is as
// much of one as it needs.

import { start, view, wake } from "./viewer-program.js";

const body = { style: {}, clientWidth: 0, clientHeight: 0, appendChild() {} };

/** @param {{width: number, height: number, ratio: number}} size CSS pixels, device pixels per CSS pixel */
function fit({ width, height, ratio }) {
  body.clientWidth = width;
  body.clientHeight = height;
  view.devicePixelRatio = ratio;
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
view.postMessage({ type: gl ? "able" : "unable" });
