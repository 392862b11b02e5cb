// @ts-check
// A crystal in the fragment of a link: raw DEFLATE, then base64url.

const MOST_PACKED = 6 << 10; // characters, of what is written
const MOST_READ = 2 * MOST_PACKED;
const MOST_BYTES = 1 << 20; // unpacked

/**
 * Packs a document; "" if it is too long for a link.
 * @param {Uint8Array} bytes
 * @returns {Promise<string>}
 */
export async function pack(bytes) {
  if (bytes.length > MOST_BYTES || !("CompressionStream" in globalThis)) return "";
  const stream = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  if (packed.length * 4 > MOST_PACKED * 3) return "";
  return btoa(String.fromCharCode(...packed)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Unpacks the text of a fragment; null if it cannot be read or would be too long.
 * @param {string} text
 * @returns {Promise<Uint8Array | null>}
 */
export async function unpack(text) {
  try {
    if (text.length > MOST_READ) return null;
    const packed = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > MOST_BYTES) {
        reader.cancel().catch(() => {});
        return null;
      }
      parts.push(value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch {
    return null; // no base64url, no DEFLATE, cut off
  }
}
