package source

// Names that the tests of the package need.
var Composition = parseFormula
