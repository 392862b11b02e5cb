// @ts-check
// A solver: runs the engine's program, which has been compiled elsewhere, for
// jobs alone. The first message brings the program, every other one a job.

/** The worker itself. @type {any} */
export const scope = self;

/** @type {Promise<void> | undefined} */
let started;

/** @param {{module: WebAssembly.Module, exec: string}} program */
async function start({ module, exec }) {
  await import(exec);
  const go = new scope.Go();
  const stopped = (/** @type {unknown} */ error) => scope.postMessage({ failed: `solver: ${error ?? "it stopped"}` });
  go.run(await WebAssembly.instantiate(module, go.importObject)).then(() => stopped(null), stopped);
}

scope.addEventListener("message", async (/** @type {MessageEvent} */ { data }) => {
  try {
    if (data.module) return await (started = start(data));
    await started;
    const result = scope.zoneaxisEngine.solve(data.job);
    scope.postMessage({ result }, result ? [result.buffer] : []);
  } catch (error) {
    scope.postMessage({ failed: String(error) });
  }
});
