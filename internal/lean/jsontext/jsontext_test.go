package jsontext_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/lean/jsontext"
)

// deep reports whether a text nests deeper than the reader goes; brackets in
// strings count too, so that some texts are passed over for nothing.
func deep(data []byte) bool {
	depth := 0
	for _, c := range data {
		switch c {
		case '[', '{':
			if depth++; depth > jsontext.MaxDepth {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

var texts = []string{
	"", " ", "null", "nul", "nulll", "true", "false", "True", "tru", "0", "-0", "00", "01", "-", "-a", "1.", "1.5", ".5", "1e", "1e+", "1e+5", "1E-05", "1e999",
	"123456789012345678901234567890", "0.1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "4294967295", "4294967296", "1 2", "0x10", "NaN", "Infinity", "-Infinity",
	`""`, `"a"`, `"`, `"a`, `"\`, `"\n"`, `"\x"`, `"\'"`, `"\/"`, `"\u00e9"`, `"\u00E9"`, `"\u12"`, `"\u123g"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ud83d\ud83d\ude00"`, `"\ude00\ud83d"`, `"\ud83d\uzzzz"`, `"\ud83d\`,
	"\"\x00\"", "\"\x1f\"", "\"\x7f\"", "\"\xff\"", "\"a\xc3\"", "\"\xed\xa0\x80\"", "\"\xf0\x9f\x98\x80\"", "\"é\\u00e9\xff\"",
	"[]", "[ ]", "[,]", "[1,]", "[1,,2]", "[1 2]", "[1", "[1,2]x", "]", "[]]", "{}", "{ }", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, `{a:1}`, `{1:1}`, `{"a":{"b":[{"c":null}]}}`, `[{"a":[]},{}]`, "[1}", `{"a":1]`,
	" \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n", "\v1", "\f1", "\u00a01", "\ufeff1", "/**/1",
	strings.Repeat("[", jsontext.MaxDepth) + strings.Repeat("]", jsontext.MaxDepth), strings.Repeat("[", 10) + strings.Repeat("]", 9),
}

// FuzzValid: a text is valid if encoding/json says so, and the values that it
// holds are read alike.
func FuzzValid(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if deep(data) {
			t.Skip("nested deeper than this reader goes")
		}
		if got, want := jsontext.Valid(data), json.Valid(data); (got == nil) != want {
			t.Fatalf("%q: %v, valid: %t", data, got, want)
		}
		var text, wantText string
		compare(t, data, "string", func(r *jsontext.Reader) { r.String(&text) }, &text, &wantText)
		var number, wantNumber float64
		compare(t, data, "float", func(r *jsontext.Reader) { r.Float(&number) }, &number, &wantNumber)
		var integer, wantInteger int
		compare(t, data, "int", func(r *jsontext.Reader) { r.Int(&integer) }, &integer, &wantInteger)
		var small, wantSmall uint32
		compare(t, data, "uint32", func(r *jsontext.Reader) { r.Uint32(&small) }, &small, &wantSmall)
		var truth, wantTruth bool
		compare(t, data, "bool", func(r *jsontext.Reader) { r.Bool(&truth) }, &truth, &wantTruth)
	})
}

func compare[T comparable](t *testing.T, data []byte, kind string, read func(*jsontext.Reader), got, want *T) {
	t.Helper()
	r := jsontext.NewReader(data)
	read(r)
	err, wantErr := r.Close(), json.Unmarshal(data, want)
	if (err == nil) != (wantErr == nil) || err == nil && *got != *want {
		t.Errorf("%q as %s: %v, %v, want %v, %v", data, kind, *got, err, *want, wantErr)
	}
}

// Faults stand where they are told to.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		text string
		want jsontext.Error
	}{
		{"", jsontext.Error{Fault: jsontext.End, Offset: 0}},
		{"{\n", jsontext.Error{Fault: jsontext.End, Offset: 2}},
		{`{"a":1,}`, jsontext.Error{Fault: jsontext.Syntax, Offset: 7}},
		{`{"a" 1}`, jsontext.Error{Fault: jsontext.Syntax, Offset: 5}},
		{`[1 2]`, jsontext.Error{Fault: jsontext.Syntax, Offset: 3}},
		{`[-Infinity]`, jsontext.Error{Fault: jsontext.Syntax, Offset: 2}},
		{`["\x"]`, jsontext.Error{Fault: jsontext.Syntax, Offset: 3}},
		{"[\"\n\"]", jsontext.Error{Fault: jsontext.Syntax, Offset: 2}},
		{`[1]]`, jsontext.Error{Fault: jsontext.Syntax, Offset: 3}},
		{`"abc`, jsontext.Error{Fault: jsontext.End, Offset: 4}},
		{strings.Repeat("[", 1_000_000), jsontext.Error{Fault: jsontext.Depth, Offset: jsontext.MaxDepth}},
		{strings.Repeat(`{"":`, 1_000_000), jsontext.Error{Fault: jsontext.Depth, Offset: 4 * jsontext.MaxDepth}},
	} {
		e, ok := errors.AsType[*jsontext.Error](jsontext.Valid([]byte(tt.text)))
		if !ok || *e != tt.want || !strings.HasPrefix(e.Error(), "jsontext: ") {
			t.Errorf("%.20q: %+v (%v), want %+v", tt.text, e, e, tt.want)
		}
	}
	// Of another kind.
	for _, tt := range []struct{ text, found string }{
		{`{"a":{"b":1}, "x": "1"}`, "string"}, {`{"x": [1]}`, "array"}, {`{"x": {"y":1}}`, "object"}, {`{"x": true}`, "bool"}, {`{"x": 1e999}`, "number"},
	} {
		var x float64
		r := jsontext.NewReader([]byte(tt.text))
		for r.Begin('{'); r.Member(); {
			if string(r.Name) == "x" {
				r.Float(&x)
			} else {
				r.Skip()
			}
		}
		want := jsontext.Error{Fault: jsontext.Type, Offset: strings.Index(tt.text, `"x": `) + 5, Name: "x", Found: tt.found}
		if e, ok := errors.AsType[*jsontext.Error](r.Close()); !ok || *e != want || r.Err() != error(e) {
			t.Errorf("%s: %+v, want %+v", tt.text, e, want)
		}
	}
}

// A loose reader takes strings that are numbers for numbers, and numbers for
// strings; any other string is a fault where it stands.
func TestLoose(t *testing.T) {
	loose := func(s string) (float64, bool) {
		v, err := strconv.ParseFloat(s, 64)
		return v, err == nil
	}
	r := jsontext.NewReader([]byte(`["1.5", 2, "3", 4, "5", 12, "4.5"]`))
	r.Loose = loose
	r = r.At(0)
	var x, y float64
	var n, m, k int
	var a, b string
	read := []func(){func() { r.Float(&x) }, func() { r.Float(&y) }, func() { r.Int(&n) }, func() { r.Int(&m) }, func() { r.String(&a) }, func() { r.String(&b) }, func() { r.Int(&k) }}
	i := 0
	for r.Begin('['); r.Element(); i++ {
		read[i]()
	}
	want := jsontext.Error{Fault: jsontext.Type, Offset: 28, Found: "string"}
	if e, ok := errors.AsType[*jsontext.Error](r.Err()); !ok || *e != want || x != 1.5 || y != 2 || n != 3 || m != 4 || a != "5" || b != "12" || k != 0 {
		t.Errorf("read %g %g %d %d %q %q %d, %+v", x, y, n, m, a, b, k, r.Err())
	}
	r = jsontext.NewReader([]byte(`{"x": "one"}`))
	r.Loose = loose
	for r.Begin('{'); r.Member(); {
		r.Float(&x)
	}
	want = jsontext.Error{Fault: jsontext.Type, Offset: 6, Name: "x", Found: "string"}
	if e, ok := errors.AsType[*jsontext.Error](r.Err()); !ok || *e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
}

// A name with escapes stays while the strings of its value are read.
func TestName(t *testing.T) {
	r := jsontext.NewReader([]byte(`{"\u0061\u0062": ["\u0063\u0064", 5]}`))
	var text string
	if r.Begin('{'); !r.Member() {
		t.Fatal(r.Err())
	}
	if r.Begin('['); !r.Element() {
		t.Fatal(r.Err())
	}
	r.String(&text)
	if string(r.Name) != "ab" || text != "cd" {
		t.Errorf("name %q, text %q", r.Name, text)
	}
	at := r.At(r.Offset() + 1)
	n := 0
	if at.Int(&n); n != 5 || at.Err() != nil {
		t.Errorf("read %d, %v", n, at.Err())
	}
}

// Null is an object without members and a list without elements.
func TestNull(t *testing.T) {
	r := jsontext.NewReader([]byte(`{"a": null, "b": {"c": null}, "d": null}`))
	names := ""
	for r.Begin('{'); r.Member(); {
		names += string(r.Name)
		switch string(r.Name) {
		case "b":
			for r.Begin('{'); r.Member(); {
				names += string(r.Name)
				for r.Begin('['); r.Element(); {
					t.Error("null has elements")
				}
			}
		default:
			for r.Begin('{'); r.Member(); {
				t.Error("null has members")
			}
		}
	}
	if err := r.Close(); err != nil || names != "abcd" {
		t.Errorf("names %q, %v", names, err)
	}
}

// FuzzWrite: strings, numbers and indentation come out as encoding/json writes
// them.
func FuzzWrite(f *testing.F) {
	for _, s := range append([]string{"<a href=\"x\">&amp;</a>\\", "\u2028\u2029\ufffd\x7f", "\b\f\n\r\t\x00\x1f", "Å⁻¹ 😀", "\xff\xc3\xed\xa0\x80"}, texts...) {
		f.Add(s, 0.1)
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 1, 1e-6, 9.999e-7, 1e-7, -1.5e-9, 1e-10, 1e20, 1e21, 1e22, -1e100, 1e-100, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN(), 0.1 + 0.2} {
		f.Add("", v)
	}
	f.Fuzz(func(t *testing.T, s string, v float64) {
		var w jsontext.Writer
		w.String(s)
		got, ok := w.Text()
		// Before Go 1.27 encoding/json wrote an escape for bytes that are no UTF-8.
		if want, err := json.Marshal(string([]rune(s))); err != nil || !ok || !bytes.Equal(got, want) {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
		w = jsontext.Writer{}
		w.Float(v)
		got, ok = w.Text()
		if want, err := json.Marshal(v); ok != (err == nil) || !bytes.Equal(got, want) {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
		if json.Valid([]byte(s)) {
			var want bytes.Buffer
			if err := json.Indent(&want, bytes.TrimSpace([]byte(s)), "", " "); err != nil {
				t.Fatal(err)
			}
			if got := jsontext.Indent(nil, []byte(s)); !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%s is indented\n%s\nwant\n%s", s, got, want.Bytes())
			}
		}
	})
}

func TestFloats(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := math.Float64frombits(random.Uint64())
		var w jsontext.Writer
		w.Float(v)
		got, ok := w.Text()
		if want, err := json.Marshal(v); ok != (err == nil) || !bytes.Equal(got, want) {
			t.Fatalf("%g is written %s, want %s", v, got, want)
		}
	}
}

func TestWriter(t *testing.T) {
	var w jsontext.Writer
	w.Byte('{')
	w.Grow(100)
	w.Member(`,"a":`)
	w.Int(-1)
	w.Key("b<")
	w.Byte('[')
	for i := range 2 {
		w.Comma(i)
		w.Uint32(math.MaxUint32)
	}
	w.Byte(']')
	w.Member(`,"c":`)
	w.Bool(true)
	w.Member(`,"d":`)
	w.Raw("null")
	w.Byte('}')
	const want = `{"a":-1,"b\u003c":[4294967295,4294967295],"c":true,"d":null}`
	if got, ok := w.Text(); string(got) != want || !ok {
		t.Errorf("written %s, want %s", got, want)
	}
}
