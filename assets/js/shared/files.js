// @ts-check
// Addresses of files that are named after their contents; the build fills them in.

/** What Go programs need to run. */
export const EXEC = "__URL wasm_exec.js__";
export const VIEWER = "__URL viewer.wasm__";
/** The engine for browsers with vectors; the page names the other one. */
export const ENGINE_SIMD = "__URL engine-simd.wasm__";
/** What reads files of crystals for the engine. */
export const READER = "__URL reader.wasm__";
/** The crystals that the engine does not hold itself: what they are known by, and what they are opened with. */
export const LIBRARY = "__URL library.txt__";
export const STRUCTURES = "__URL structures.txt__";
/** The typeface of drawings. */
export const FONT = "__URL fonts/inter-latin-wght-normal.woff2__";
/** What the search of crystals looks through (find.js). */
export const CRYSTALS = "__URL crystals.json__";
