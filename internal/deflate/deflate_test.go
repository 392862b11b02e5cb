package deflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// inflate is Expand by the standard library.
func inflate(data []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(data)))
}

func best(data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// samples are texts of every kind: those of the repository, and made ones that
// need long codes, long matches, far matches, several blocks, stored blocks.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var skewed []byte // frequencies like Fibonacci numbers give codes longer than 15 bits
	for symbol, a, b := byte(0), 1, 1; symbol < 24; symbol, a, b = symbol+1, b, a+b {
		skewed = append(skewed, bytes.Repeat([]byte{symbol, symbol ^ 0x80}, a/2+1)...)
	}
	random.Shuffle(len(skewed), func(i, j int) { skewed[i], skewed[j] = skewed[j], skewed[i] })
	library, err := os.ReadFile("../source/records/library.txt")
	if err != nil {
		t.Fatal(err)
	}
	cif, err := os.ReadFile("compress.go")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"empty": nil, "byte": {7}, "two": []byte("ab"), "three": []byte("abc"), "same": bytes.Repeat([]byte{'x'}, 1000),
		"pairs": bytes.Repeat([]byte("ab"), 300), "library": library, "source": cif, "noise": noise, "skewed": skewed,
		"far":   append(append(bytes.Clone(noise[:windowSize]), noise[:300]...), noise[:windowSize+100]...),
		"mixed": append(append(bytes.Clone(library), noise...), library...),
		"short": []byte("data_Si\n_cell_length_a 5.431\n_cell_length_b 5.431\n_cell_length_c 5.431\nloop_\n_atom_site_label\nSi 0 0 0\n"),
	}
}

func TestCompress(t *testing.T) {
	for name, data := range samples(t) {
		packed := Compress(data)
		for who, expand := range map[string]func([]byte) ([]byte, error){
			"compress/flate": inflate,
			"Expand":         func(b []byte) ([]byte, error) { return Expand(b, len(data)) },
		} {
			if back, err := expand(packed); err != nil || !bytes.Equal(back, data) {
				t.Errorf("%s: %s gives %d bytes, %v; expected %d bytes", name, who, len(back), err, len(data))
			}
		}
		// As small as the standard library: within 1 %. Where literals cost a bit or
		// two, matches of three bytes do not pay: 3 % of its level 6. Its best level
		// leaves all short matches out of such a text since Go 1.27.
		percent, level := 1, flate.BestCompression
		if name == "skewed" {
			percent, level = 3, 6
		}
		if want := len(best(data, level)); len(packed) > want+want*percent/100 {
			t.Errorf("%s: %d bytes, compress/flate needs %d", name, len(packed), want)
		}
	}
}

func TestExpandReadsAllLevels(t *testing.T) {
	for name, data := range samples(t) {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			if back, err := Expand(best(data, level), len(data)); err != nil || !bytes.Equal(back, data) {
				t.Errorf("%s at level %d: %d bytes, %v; expected %d bytes", name, level, len(back), err, len(data))
			}
		}
	}
}

func TestExpandErrors(t *testing.T) {
	text := []byte(strings.Repeat("a crystal in a link, ", 40) + "the end")
	packed := Compress(text)
	for n := range len(packed) {
		if _, err := Expand(packed[:n], len(text)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut to %d bytes of %d: %v, expected %v", n, len(packed), err, ErrCorrupt)
		}
	}
	for name, level := range map[string]int{"stored": flate.NoCompression, "literals": flate.HuffmanOnly, "matches": flate.BestCompression} {
		if got, err := Expand(best(text, level), len(text)-1); !errors.Is(err, ErrTooLong) || len(got) != len(text)-1 {
			t.Errorf("%s: %d bytes and %v for a limit of %d", name, len(got), err, len(text)-1)
		}
	}
	for name, data := range map[string][]byte{
		"unknown kind of block":   {0x07},
		"stored length":           {0x01, 1, 0, 0, 0, 'x'},
		"distance before start":   {0x03 | 0x20, 0x00, 0x42, 0x00},
		"too many literals":       {0xfd, 0xff, 0xff, 0xff},
		"repeat of nothing":       {0x05, 0x00, 0x0e, 0x00, 0x00, 0x00},
		"code with too many ones": {0x05, 0x00, 0x92, 0x24, 0x49, 0x92, 0x24},
	} {
		if _, err := Expand(data, 1000); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, expected %v", name, err, ErrCorrupt)
		}
		if _, err := inflate(data); err == nil {
			t.Errorf("%s: compress/flate reads it", name)
		}
	}
}

// FuzzExpand compares with the standard library on anything.
func FuzzExpand(f *testing.F) {
	for _, data := range samples(f) {
		if len(data) < 2000 {
			f.Add(Compress(data))
			f.Add(best(data, flate.BestSpeed))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 20
		want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), limit+1))
		got, err := Expand(data, limit)
		switch {
		case len(want) > limit:
			if !errors.Is(err, ErrTooLong) || !bytes.Equal(got, want[:limit]) {
				t.Fatalf("%d bytes, %v, expected the first %d", len(got), err, limit)
			}
		case (err != nil) != (wantErr != nil):
			t.Fatalf("%v, compress/flate says %v", err, wantErr)
		case err == nil && !bytes.Equal(got, want):
			t.Fatalf("%d bytes, compress/flate gives %d others", len(got), len(want))
		}
	})
}

// FuzzCompress makes a round trip.
func FuzzCompress(f *testing.F) {
	for _, data := range samples(f) {
		if len(data) < 2000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		packed := Compress(data)
		if back, err := inflate(packed); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("compress/flate gives %d bytes, %v; expected %d", len(back), err, len(data))
		}
		if back, err := Expand(packed, len(data)); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("Expand gives %d bytes, %v; expected %d", len(back), err, len(data))
		}
	})
}

func BenchmarkCompress(b *testing.B) {
	data := samples(b)["source"]
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Compress(data)
	}
}

func BenchmarkExpand(b *testing.B) {
	data := samples(b)["library"]
	packed := Compress(data)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Expand(packed, len(data))
	}
}
