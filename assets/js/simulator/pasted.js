// @ts-check
// Tells text that was pasted and holds a crystal, of the kinds that files have,
// from any other. What is wrong with it the reader says.

const NUMBER = String.raw`[-+]?[\d.]+(?:[eEdD][-+]?\d+)?`;

const KINDS = [
  /^\s*data_|_cell_length_a/m, // CIF
  new RegExp(String.raw`^.*\n\s*${NUMBER}\s*\n(?:[ \t]*${NUMBER}[ \t]+${NUMBER}[ \t]+${NUMBER}.*\n){3}`), // POSCAR
  /^\s*\d+\s*\n.*\blattice\s*=/i, // extended XYZ
  /^CELL(?:[ \t]+[\d.]+){7}/im, // SHELX
  /^CRYST1\s/m, // PDB
  /^\s*[[{][^]*["'](?:lattice|lattice_vectors|lattice_mat|cell|geometry)["']\s*:/, // JSON, or a dictionary of Python
  /\bAtoms\(|^(?:from|import) (?:ase|pymatgen)\b|\bPeriodicSite: |^Full Formula \(/m, // what ASE and pymatgen print, which the reader refuses with advice
];

/**
 * The name under which to read what was pasted, "" for text that is no crystal.
 * @param {string} text
 */
export function pastedName(text) {
  const head = text.slice(0, 100_000).replaceAll("\r\n", "\n");
  const kind = KINDS.findIndex((k) => k.test(head));
  return kind < 0 ? "" : kind === 0 ? "pasted.cif" : "pasted";
}
