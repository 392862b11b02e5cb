// @ts-check
// Whether the browser's WebAssembly has vectors of 128 bits (SIMD): the engine
// comes in a build with and in one without.

/** A program whose one function returns a vector. The service worker has the same. */
export const PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

export const hasVectors = () => !!globalThis.WebAssembly?.validate(new Uint8Array(PROBE));
