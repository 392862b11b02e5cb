package qr_test

import (
	"math/rand/v2"
	"testing"

	"rsc.io/qr/coding"

	"zoneaxis/internal/lean/qr"
)

// Every length of text gives module for module what package rsc.io/qr gives.
func TestEncode(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for n := range qr.MaxBytes + 1 {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		got, err := qr.Encode(string(text))
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		want := reference(t, string(text))
		if got.Size != want.Size {
			t.Fatalf("%d bytes: size %d, want %d", n, got.Size, want.Size)
		}
		for y := range got.Size {
			for x := range got.Size {
				if got.Black(x, y) != want.Black(x, y) {
					t.Fatalf("%d bytes: module %d, %d is black: %t, want %t", n, x, y, got.Black(x, y), want.Black(x, y))
				}
			}
		}
	}
	if c, err := qr.Encode(string(make([]byte, qr.MaxBytes+1))); err == nil {
		t.Errorf("too long a text gives a code of size %d", c.Size)
	}
}

func reference(t *testing.T, text string) *coding.Code {
	t.Helper()
	data := coding.String(text)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if data.Bits(v) > 8*v.DataBytes(coding.M) {
			continue
		}
		plan, err := coding.NewPlan(v, coding.M, 0)
		if err != nil {
			t.Fatal(err)
		}
		code, err := plan.Encode(data)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	t.Fatalf("no version holds %d bytes", len(text))
	return nil
}
