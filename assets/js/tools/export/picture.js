// @ts-check
// Pixels from a stand-alone SVG.

import { FONT } from "../../shared/files.js";
import { mustBeTrue } from "./pixels.js";

const MOST_PIXELS = 8192;

/**
 * An SVG drawn as a picture cannot ask for a font: it gets ours inside.
 * @param {string} svg
 */
async function withFont(svg) {
  const answer = await fetch(FONT).catch(() => null);
  if (!answer?.ok) return svg;
  const reader = new FileReader();
  const blob = new Blob([await answer.arrayBuffer()], { type: "font/woff2" });
  await new Promise((done) => {
    reader.onload = done;
    reader.readAsDataURL(blob);
  });
  const face = `<style>@font-face{font-family:Inter;font-weight:100 900;src:url(${reader.result}) format("woff2")}</style>`;
  return svg.replace(/<svg\b[^>]*>/, (open) => open + face);
}

/**
 * Paints an SVG file as PNG. Its size is that of the SVG times a factor. Fails
 * with FalsePixels if the browser would change the picture.
 * @param {string} svg
 * @param {number} times
 * @returns {Promise<Blob>}
 */
export async function svgPicture(svg, times) {
  mustBeTrue();
  const url = URL.createObjectURL(new Blob([await withFont(svg)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const k = Math.min(times, MOST_PIXELS / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * k);
    canvas.height = Math.round(image.naturalHeight * k);
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("This browser gave no canvas.");
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error("The picture is too large."))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
