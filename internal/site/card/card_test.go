package card_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"zoneaxis/internal/site/card"
	"zoneaxis/internal/wire"
)

func TestCard(t *testing.T) {
	marks := wire.Append(nil, &wire.Frame{Discs: []wire.Disc{{R: 13.5, Alpha: 1, Class: wire.Spot}}, Lines: []wire.Line{{X1: -400, X2: 400, Y1: 100, Y2: 100, Width: 2, Alpha: 1, Class: wire.Kikuchi}}})
	one, err := card.Card("A title", "a line", marks)
	if err != nil {
		t.Fatal(err)
	}
	again, err := card.Card("A title", "a line", marks)
	if err != nil || !bytes.Equal(one, again) {
		t.Errorf("the same card differs: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(one))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != card.Width || b.Dy() != card.Height {
		t.Fatalf("%v", b)
	}
	// The direct beam is in the middle of the square at the right.
	if r, g, _, _ := img.At(card.Width-card.Height/2, card.Height/2).RGBA(); r>>8 < 0xE0 || g>>8 < 0xE0 {
		t.Errorf("the middle of the pattern is dark: %x %x", r>>8, g>>8)
	}
	if r, g, b, _ := img.At(5, 5).RGBA(); r>>8 != 0x0B || g>>8 != 0x0E || b>>8 != 0x13 {
		t.Errorf("the ground is %x %x %x", r>>8, g>>8, b>>8)
	}
}

func TestLongTitle(t *testing.T) {
	if _, err := card.Card(strings.Repeat("Extraordinarily long words ", 12), "x", nil); err != nil {
		t.Error(err)
	}
}

func TestDamagedFrame(t *testing.T) {
	if _, err := card.Card("x", "y", []byte("no frame")); err == nil {
		t.Error("no error for a damaged frame")
	}
}
