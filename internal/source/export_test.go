package source

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MaxText is the size of a file without its reflections.
const MaxText = maxText

// Names that the tests of the package need.
var Composition = ParseFormula

// Seal replaces the checksum of a document that a test has changed.
func Seal(text string) []byte {
	body := text[:strings.LastIndex(text, docSeal)] + "}"
	sum := sha256.Sum256([]byte(body))
	return []byte(body[:len(body)-1] + docSeal + hex.EncodeToString(sum[:]) + `"}`)
}

// The readers without the choice of one by content.
var (
	DecodeCIF    = decodeCIF
	DecodePOSCAR = decodePOSCAR
	DecodeXYZ    = decodeXYZ
)

// SiliconText is the record of a program without the library.
const SiliconText = siliconText

// Alone runs f as a program that has not loaded the library.
func Alone(f func()) {
	before := present
	defer func() { present = before; Missed() }()
	lib, err := parseLibrary(siliconText)
	if err != nil {
		panic(err)
	}
	present = func() *library { return lib }
	f()
}
