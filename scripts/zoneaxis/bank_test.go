package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readNPY reads the values of an array of a bank, whose type and shape must be these.
func readNPY[T any](t *testing.T, z *zip.Reader, name, descr string) (values []T, shape string) {
	t.Helper()
	f, err := z.Open(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	length := int(binary.LittleEndian.Uint16(data[8:]))
	header := string(data[10 : 10+length])
	if !bytes.HasPrefix(data, []byte("\x93NUMPY\x01\x00")) || (10+length)%64 != 0 || !strings.HasSuffix(header, "\n") || !strings.Contains(header, "'descr': '"+descr+"', 'fortran_order': False, 'shape': (") {
		t.Fatalf("%s: header %q", name, header)
	}
	shape = header[strings.Index(header, "(") : strings.Index(header, ")")+1]
	body := data[10+length:]
	var one T
	values = make([]T, len(body)/binary.Size(one))
	if _, err := binary.Decode(body, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return values, shape
}

// A bank's patterns are those of the command "pattern", to the last spot, in the NPZ
// and in the JSON.
func TestBank(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mg.npz")
	var said strings.Builder
	if err := bankCommand([]string{"-in", "mg", "-step-deg", "6", "-gmax", "1.2", "-kv", "300", "-o", path}, &said, io.Discard); err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	orient, oShape := readNPY[float64](t, &z.Reader, "orientation", "<f8")
	offset, _ := readNPY[int64](t, &z.Reader, "offset", "<i8")
	hkl, hShape := readNPY[int32](t, &z.Reader, "hkl", "<i4")
	q, qShape := readNPY[float32](t, &z.Reader, "q_invA", "<f4")
	intensity, iShape := readNPY[float32](t, &z.Reader, "intensity", "<f4")
	s, _ := readNPY[float32](t, &z.Reader, "s_invA", "<f4")
	n, m := len(offset)-1, len(intensity)
	if oShape != fmt.Sprintf("(%d, 3, 3)", n) || hShape != fmt.Sprintf("(%d, 3)", m) || qShape != fmt.Sprintf("(%d, 2)", m) || iShape != fmt.Sprintf("(%d,)", m) || len(s) != m || offset[n] != int64(m) {
		t.Fatalf("shapes %s %s %s %s of %d patterns with %d spots", oShape, hShape, qShape, iShape, n, m)
	}
	if want := fmt.Sprintf("%s: %d patterns with %d spots\n", path, n, m); said.String() != want {
		t.Errorf("%q", said.String())
	}
	// Zone axes among the directions: [001] is, and in magnesium [100], [210].
	found := 0
	for i := range n {
		row := orient[9*i+6 : 9*i+9] // the laboratory's z in the crystal
		for zone, v := range map[string][3]float64{"0,0,1": {0, 0, 1}, "1,0,0": {1, 0, 0}} {
			if math.Hypot(math.Hypot(row[0]-v[0], row[1]-v[1]), row[2]-v[2]) > 1e-12 {
				continue
			}
			found++
			var p patternJSON
			call(t, &p, patternCommand, "-in", "mg", "-zone", zone, "-gmax", "1.2", "-kv", "300")
			from, to := offset[i], offset[i+1]
			if int(to-from) != len(p.Reflections) {
				t.Errorf("[%s]: %d spots, pattern has %d", zone, to-from, len(p.Reflections))
				continue
			}
			for k, r := range p.Reflections {
				at := int(from) + k
				if [3]int{int(hkl[3*at]), int(hkl[3*at+1]), int(hkl[3*at+2])} != r.HKL ||
					math.Hypot(float64(q[2*at])-r.Q[0], float64(q[2*at+1])-r.Q[1]) > 1e-6 ||
					math.Abs(float64(intensity[at])/r.Intensity-1) > 1e-6 || math.Abs(float64(s[at])-r.S) > 1e-6 {
					t.Errorf("[%s]: spot %d is %v at %v, %g; pattern has %+v", zone, k, hkl[3*at:3*at+3], q[2*at:2*at+2], intensity[at], r)
				}
			}
		}
	}
	if found < 2 {
		t.Errorf("%d of two zone axes are among the directions", found)
	}
	meta, _ := readNPY[byte](t, &z.Reader, "meta", fmt.Sprintf("|S%d", len(jsonOf(t, &z.Reader))))
	var made bankMeta
	if err := json.Unmarshal(meta, &made); err != nil || made.Laue != "6/mmm" || made.VoltageKV != 300 || made.StepDeg != 6 {
		t.Errorf("%v: %+v", err, made)
	}

	other := strings.TrimSuffix(path, ".npz") + ".json"
	if err := bankCommand([]string{"-in", "mg", "-step-deg", "6", "-gmax", "1.2", "-kv", "300", "-o", other}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	var same struct {
		Orientation [][3][3]float64 `json:"orientation"`
		Offset      []int64         `json:"offset"`
		HKL         [][3]int32      `json:"hkl"`
		Q           [][2]float32    `json:"q_invA"`
		Intensity   []float32       `json:"intensity"`
		S           []float32       `json:"s_invA"`
		Meta        bankMeta        `json:"meta"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&same); err != nil {
		t.Fatal(err)
	}
	if len(same.Orientation) != n || len(same.Intensity) != m || same.Orientation[n-1][2][1] != orient[9*n-2] || same.HKL[m-1][2] != hkl[3*m-1] || same.Q[m-1][1] != q[2*m-1] || same.S[m-1] != s[m-1] || same.Offset[n] != offset[n] {
		t.Error("the JSON holds something else")
	}
	for args, want := range map[string]string{
		"-in al":                                   "expected a file to write",
		"-in al -o x.txt":                          "expected a file to write",
		"-in al -o x.npz -step-deg 0":              "-step-deg 0",
		"-in al -o x.npz -step-deg nan":            "-step-deg NaN",
		"-in albite -o x.npz -step-deg 0.1":        "choose a larger one",
		"-in al -o x.npz -gmax -1":                 "-gmax",
		"-in al -o x.npz -gmax 50":                 "choose a smaller limit",
		"-in al -o x.npz -precession-mrad 200":     "-precession-mrad 200",
		"-in al -o x.npz -shape round":             "expected one of",
		"-in al -o x.npz -kv 0":                    "-kv 0",
		"-o x.npz":                                 "-in is missing",
		"-in al -o no/such/folder/x.npz -gmax 0.6": "no such file",
	} {
		if err := bankCommand(strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// jsonOf returns the text in the array meta.
func jsonOf(t *testing.T, z *zip.Reader) string {
	t.Helper()
	f, err := z.Open("meta.npy")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data[10+int(binary.LittleEndian.Uint16(data[8:])):])
}

func BenchmarkBank(b *testing.B) {
	path := filepath.Join(b.TempDir(), "al.npz")
	b.ReportAllocs()
	for b.Loop() {
		if err := bankCommand([]string{"-in", "al", "-o", path}, io.Discard, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
