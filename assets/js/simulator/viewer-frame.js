// @ts-check
// Inside the iframe: gives its canvas to a worker that draws on it.

/** The iframe's window. @type {any} */
export const view = window;
let begun = false;

const size = () => ({ width: document.body.clientWidth, height: document.body.clientHeight, ratio: view.devicePixelRatio });

view.addEventListener("message", (/** @type {MessageEvent} */ event) => {
  if (event.source !== view.parent || event.data?.type !== "init" || begun) return;
  begun = true;
  const port = event.ports[0];
  if (!view.OffscreenCanvas) return port.postMessage({ type: "nogl" });
  const worker = new Worker(new URL("../workers/viewer-worker.js", import.meta.url), { type: "module", name: "viewer" });
  worker.onerror = () => port.postMessage({ type: "failed" });
  worker.onmessage = ({ data }) => {
    if (data.type === "lost") return view.location.reload();
    if (data.type === "nogl") return port.postMessage(data);
    const canvas = document.createElement("canvas");
    document.body.append(canvas);
    const given = canvas.transferControlToOffscreen();
    worker.postMessage({ ...event.data, ...size(), canvas: given }, [port, given]);
    view.addEventListener("resize", () => worker.postMessage({ type: "size", ...size() }));
  };
});
