// @ts-check
// Inside the iframe: gives the canvas to a worker that draws on it. A browser
// that cannot do that runs the program here, and one without WebGL not at all.

/** @type {any} */
const view = window;
let begun = false;

view.addEventListener("message", (/** @type {MessageEvent} */ event) => {
  if (event.source !== view.parent || event.data?.type !== "init" || begun) return;
  begun = true;
  const port = event.ports[0];
  if (!view.OffscreenCanvas) return here(port, event.data);
  const worker = new Worker(new URL("viewer-worker.js", import.meta.url), { type: "module", name: "viewer" });
  worker.onerror = () => port.postMessage({ type: "failed" });
  worker.onmessage = ({ data }) => {
    if (data.type === "able") return there(worker, port, event.data);
    if (data.type === "lost") return view.location.reload();
    worker.terminate();
    here(port, event.data);
  };
});

const size = () => ({ width: document.body.clientWidth, height: document.body.clientHeight, ratio: view.devicePixelRatio });

/** @param {Worker} worker @param {MessagePort} port @param {any} where */
function there(worker, port, where) {
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const given = canvas.transferControlToOffscreen();
  worker.postMessage({ ...where, ...size(), canvas: given }, [port, given]);
  view.addEventListener("resize", () => worker.postMessage({ type: "size", ...size() }));
}

/** @param {MessagePort} port @param {any} where */
async function here(port, where) {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return port.postMessage({ type: "nogl" });
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  const { start, wake } = await import("./viewer-program.js");
  view.addEventListener("resize", () => wake(6));
  view.addEventListener("webglcontextlost", () => port.postMessage({ type: "lost" }), true);
  start(port, where);
}
