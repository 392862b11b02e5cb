package source

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func TestSum256IsThatOfTheStandardLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	check := func(part []byte) {
		t.Helper()
		if got, want := sum256(part), sha256.Sum256(part); got != want {
			t.Errorf("%d bytes: %x, expected %x", len(part), got, want)
		}
	}
	for n := range 300 { // every way to fill the last block, several times
		check(data[n : 2*n])
	}
	check(data)
}
