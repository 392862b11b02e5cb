package sha256_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	lean "zoneaxis/internal/lean/sha256"
)

// It is that of the standard library.
func TestSum(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	check := func(part []byte) {
		t.Helper()
		if got, want := lean.Sum(part), sha256.Sum256(part); got != want {
			t.Errorf("%d bytes: %x, expected %x", len(part), got, want)
		}
	}
	for n := range 300 { // every way to fill the last block, several times
		check(data[n : 2*n])
	}
	check(data)
}
