// @ts-check
// The page is painted first; then it comes alive. The engine is asked for before
// the other scripts, since it takes the longest, and runs without them.

const LONG_MS = 3000; // a browser that does not say when it has painted

const painted = new Promise((done) => {
  if (document.hidden) return done(0);
  const paint = () => new PerformanceObserver(() => done(0)).observe({ type: "paint", buffered: true });
  // The frame of the whole page is under way when the next one begins.
  requestAnimationFrame(() => requestAnimationFrame(paint));
  setTimeout(done, LONG_MS);
});

painted.then(() => {
  import("./engine.js").then((engine) => engine.start());
  // All scripts at once, not each when another one asks for it.
  for (const name of document.getElementById("start")?.dataset.scripts?.split(" ") ?? []) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: new URL(`${name}.js`, import.meta.url) }));
  }
  import("./main.js");
});
