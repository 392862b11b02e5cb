// @ts-check
// Browsers that protect their users from being followed change the pixels that
// a page reads from a canvas, some of them by a little, some altogether. No such
// picture is saved.

/** Tiles of a canvas of known colours: red, green, blue, each 0 … 255. */
const COLOURS = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [17, 34, 51], [200, 100, 50], [128, 127, 126], [1, 2, 3], [254, 253, 252], [90, 180, 45], [33, 66, 132], [240, 15, 120], [64, 64, 64], [10, 200, 190], [99, 0, 201]];
const ACROSS = 4;
const TILE = 8; // pixels

/** The browser would not save the picture as it is. */
export class FalsePixels extends Error {
  constructor() {
    super("This browser changes the pixels of pictures so that its users cannot be followed, so a PNG would not show the pattern as it is. An SVG does.");
  }
}

/**
 * Whether what was read is what was painted.
 * @param {ArrayLike<number>} pixels red, green, blue, opacity of each, row by row
 */
export function faithful(pixels) {
  const width = ACROSS * TILE;
  for (let i = 0; i < width * width; i++) {
    const colour = COLOURS[Math.floor(i / width / TILE) * ACROSS + Math.floor((i % width) / TILE)];
    if (pixels[4 * i + 3] !== 255 || colour.some((value, c) => pixels[4 * i + c] !== value)) return false;
  }
  return true;
}

/** Paints the tiles and reads them again; fails if they have changed. */
export function mustBeTrue() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ACROSS * TILE;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser gave no canvas.");
  COLOURS.forEach((colour, i) => {
    pen.fillStyle = `rgb(${colour.join()})`;
    pen.fillRect((i % ACROSS) * TILE, Math.floor(i / ACROSS) * TILE, TILE, TILE);
  });
  if (!faithful(pen.getImageData(0, 0, canvas.width, canvas.height).data)) throw new FalsePixels();
}
