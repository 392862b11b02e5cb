import assert from "node:assert/strict";
import test from "node:test";
import { pastedName } from "./pasted.js";

test("pasted crystals of every kind are told from other text", () => {
  for (const [text, name] of [
    ["data_x\n_cell_length_a 4\n", "pasted.cif"],
    ["# a remark\n_cell_length_a 4\n", "pasted.cif"],
    ["CsCl\n1.0\n4.0 0 0\n0 4.0 0\n 0 0 4.0D0\nCs Cl\n1 1\nDirect\n", "pasted"],
    ["CsCl\r\n1.0\r\n4.0 0 0\r\n0 4.0 0\r\n 0 0 4.0\r\nCs Cl\r\n1 1\r\nDirect\r\n", "pasted"],
    ['2\nLattice="4 0 0 0 4 0 0 0 4"\nCs 0 0 0\nCl 2 2 2\n', "pasted"],
    ["TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\n", "pasted"],
    ["CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 P 1\n", "pasted"],
    ['{"lattice": {"matrix": []}, "sites": []}', "pasted"],
    ["{'@class': 'Structure', 'lattice': {'matrix': []}}", "pasted"],
    ["Atoms(symbols='CsCl', pbc=True, cell=[4.0, 4.0, 4.0])", "pasted"],
    ["from ase import Atoms\n", "pasted"],
    ["Full Formula (Cs1 Cl1)\n", "pasted"],
    ["silicon", ""],
    ["1 1 0", ""],
    ["110\n111\n", ""],
    ["some lines\n1.5\n2\n", ""],
    ["https://example.org/sim?c=si&z=1,1,0", ""],
    ["the Lattice = 4 Å", ""],
    ["{\"a\": 1}", ""],
    ["", ""],
  ]) assert.equal(pastedName(text), name, text);
});

test("long text of any kind is soon told", () => {
  for (const text of ["[".repeat(100_000), "1\n".repeat(50_000), "{'".repeat(50_000), " ".repeat(100_000), "1 1 1\n".repeat(20_000)]) pastedName(text);
});
