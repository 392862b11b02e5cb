package wire_test

import (
	"errors"
	"reflect"
	"testing"

	"zoneaxis/internal/wire"
)

var sample = wire.Frame{
	Seq:   7,
	Discs: []wire.Disc{{X: 1.5, Y: -2, R: 8, Alpha: 0.25, Class: wire.Spot}, {X: -420, Y: 420, R: 1, Alpha: 1, Class: wire.SecondPhase}},
	Lines: []wire.Line{{X1: -420, Y1: 3, X2: 420, Y2: 4, Width: 1.5, Alpha: 0.5, Class: wire.Kikuchi}},
}

func TestRoundTrip(t *testing.T) {
	for _, frame := range []wire.Frame{sample, {Seq: 1}, {}} {
		var got wire.Frame
		if err := wire.Decode(&got, wire.Append(nil, &frame)); err != nil {
			t.Fatal(err)
		}
		if got.Seq != frame.Seq || len(got.Discs) != len(frame.Discs) || len(got.Lines) != len(frame.Lines) {
			t.Fatalf("got %+v, want %+v", got, frame)
		}
		if len(frame.Discs) > 0 && (!reflect.DeepEqual(got.Discs, frame.Discs) || !reflect.DeepEqual(got.Lines, frame.Lines)) {
			t.Errorf("got %+v, want %+v", got, frame)
		}
	}
}

func TestDecodeRefusesEveryCut(t *testing.T) {
	whole := wire.Append(nil, &sample)
	for n := range whole {
		got := wire.Frame{Seq: 99}
		if err := wire.Decode(&got, whole[:n]); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d of %d bytes: error %v, want ErrFormat", n, len(whole), err)
		}
		if got.Seq != 99 {
			t.Errorf("%d bytes changed the frame", n)
		}
	}
}

func TestDecodeReusesMemory(t *testing.T) {
	bytes := wire.Append(nil, &sample)
	var f wire.Frame
	if err := wire.Decode(&f, bytes); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := wire.Decode(&f, bytes); err != nil {
			t.Fatal(err)
		}
		bytes = wire.Append(bytes[:0], &f)
	}); n != 0 {
		t.Errorf("%v allocations a frame, want 0", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(wire.Append(nil, &sample))
	f.Add([]byte("ZAF1\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got wire.Frame
		if wire.Decode(&got, data) != nil {
			return
		}
		for _, d := range got.Discs {
			if d.Class >= wire.NumClasses {
				t.Fatalf("class %d out of range", d.Class)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	f := wire.Frame{Discs: make([]wire.Disc, 2000), Lines: make([]wire.Line, 200)}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = wire.Append(buf[:0], &f)
	}
}
