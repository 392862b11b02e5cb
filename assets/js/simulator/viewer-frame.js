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
    follow((to) => worker.postMessage({ type: "size", ...to }));
  };
});

/**
 * Tells of every other size, in CSS pixels or in those of the screen: a window may
 * go to a screen that has more of them to an inch.
 * @param {(to: ReturnType<typeof size>) => void} tell
 */
function follow(tell) {
  let last = JSON.stringify(size());
  const look = () => {
    const now = JSON.stringify(size());
    if (now === last) return;
    last = now;
    tell(size());
  };
  view.addEventListener("resize", look);
  // Where nothing tells of a screen of another density alone: as soon as somebody is at the page.
  const gone = new AbortController();
  for (const name of ["focus", "pointerover", "keydown"]) view.parent.addEventListener(name, look, { passive: true, signal: gone.signal });
  view.addEventListener("pagehide", () => gone.abort());
  try {
    new ResizeObserver(look).observe(document.body, { box: "device-pixel-content-box" });
  } catch {
    denser(look); // Safari knows no such box
  }
}

/** Calls whenever there are more or fewer pixels to an inch. @param {() => void} run */
function denser(run) {
  const again = () => {
    run();
    denser(run);
  };
  view.matchMedia(`(resolution: ${view.devicePixelRatio}dppx)`).addEventListener("change", again, { once: true });
}
