package protocol

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"zoneaxis/internal/lean/jsontext"
)

// messages lists what is written and read.
var messages = []struct {
	name   string
	t      reflect.Type
	encode func(*jsontext.Writer, any)
	decode func(*jsontext.Reader, any)
}{
	{"request", reflect.TypeFor[Request](), func(w *jsontext.Writer, v any) { encodeRequest(w, v.(*Request)) }, func(r *jsontext.Reader, v any) { decodeRequest(r, v.(*Request)) }},
	{"reply", reflect.TypeFor[Reply](), func(w *jsontext.Writer, v any) { encodeReply(w, v.(*Reply)) }, nil},
	{"snapshot", reflect.TypeFor[Snapshot](), func(w *jsontext.Writer, v any) { encodeSnapshot(w, v.(*Snapshot)) }, func(r *jsontext.Reader, v any) { decodeSnapshot(r, v.(*Snapshot)) }},
	{"export", reflect.TypeFor[Export](), func(w *jsontext.Writer, v any) { encodeExport(w, v.(*Export)) }, nil},
	{"exported", reflect.TypeFor[Exported](), nil, func(r *jsontext.Reader, v any) { decodeExported(r, v.(*Exported)) }},
}

// fill sets a value and all that is in it; full leaves nothing out, otherwise
// chance decides, for nil, empty and zero too.
func fill(v reflect.Value, random *rand.Rand, full bool) {
	if !full && random.IntN(3) == 0 {
		return
	}
	size := 2
	if !full {
		size = random.IntN(3)
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(random.Int64N(2001) - 1000)
		if full {
			v.SetInt(7)
		}
	case reflect.Uint32:
		v.SetUint(uint64(random.Uint32() | 1))
	case reflect.Float64:
		v.SetFloat(random.NormFloat64() * []float64{1, 1e-9, 1e25, 1000}[random.IntN(4)])
	case reflect.String:
		v.SetString([]string{"a", "5.431 Å", "<&>\"\\", "\n\t\x01\u2028", "\xff", "[110]"}[random.IntN(6)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), random, full)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), random, full)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // Marks, which is beside the JSON
		}
		v.Set(reflect.MakeSlice(v.Type(), size, size))
		for i := range size {
			fill(v.Index(i), random, full)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, k := range []string{"z", "a<", "a"}[:size] {
			e := reflect.New(v.Type().Elem()).Elem()
			fill(e, random, full)
			v.SetMapIndex(reflect.ValueOf(k), e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), random, full)
		}
	default:
		panic("fill: " + v.Type().String())
	}
}

// Every message comes out as encoding/json writes it, and is read back as it
// was, with all fields empty, all filled, and at random.
func TestCodec(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, m := range messages {
		for i := range 2000 {
			v := reflect.New(m.t)
			if i > 0 {
				fill(v.Elem(), random, i < 50)
			}
			want, err := json.Marshal(v.Interface())
			if err != nil {
				t.Fatal(err)
			}
			if m.encode != nil {
				var w jsontext.Writer
				m.encode(&w, v.Interface())
				// Before Go 1.27 encoding/json wrote an escape for bytes that are no UTF-8.
				plain := bytes.ReplaceAll(want, []byte(`\ufffd`), []byte("\ufffd"))
				if got, ok := w.Text(); !ok || !bytes.Equal(got, plain) {
					t.Fatalf("%s is written\n%s\nwant\n%s", m.name, got, plain)
				}
				indented, err := json.MarshalIndent(v.Interface(), "", " ")
				if got := jsontext.Indent(nil, want); err != nil || !bytes.Equal(got, indented) {
					t.Fatalf("%s is indented\n%s\nwant\n%s", m.name, got, indented)
				}
			}
			if m.decode != nil {
				sameDecoded(t, m.name, m.t, m.decode, want)
			}
		}
	}
}

// sameDecoded fails unless a text is read as encoding/json reads it.
func sameDecoded(t *testing.T, name string, of reflect.Type, decode func(*jsontext.Reader, any), text []byte) {
	t.Helper()
	got, want := reflect.New(of), reflect.New(of)
	r := jsontext.NewReader(text)
	decode(r, got.Interface())
	err, wantErr := r.Close(), json.Unmarshal(text, want.Interface())
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s: %v, want %v\n%q", name, err, wantErr, text)
	}
	if err == nil && !reflect.DeepEqual(got.Interface(), want.Interface()) {
		t.Fatalf("%s is read\n%+v\nwant\n%+v\n%q", name, got.Elem(), want.Elem(), text)
	}
}

// names are all names of members, in lower case.
func names(t reflect.Type, into map[string]string) map[string]string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return names(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			into[strings.ToLower(name)] = name
			names(t.Field(i).Type, into)
		}
	}
	return into
}

// outside reports whether a text has something in which package jsontext
// differs from encoding/json on purpose: deep nesting, and names in another
// case; and null in a list that is given twice, where encoding/json keeps what
// the first list had at this place.
func outside(text []byte, known map[string]string) bool {
	depth := 0
	decoder := json.NewDecoder(bytes.NewReader(text))
	lists, null := 0, false
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '[' {
				lists++
			}
			if v == '[' || v == '{' {
				depth++
			} else {
				depth--
			}
			if depth > jsontext.MaxDepth {
				return true
			}
		case string:
			for low, name := range known {
				if v != name && strings.EqualFold(v, low) {
					return true
				}
			}
		case nil:
			null = true
		}
	}
	return null && lists > 1 || bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) > jsontext.MaxDepth
}

var hostile = []string{
	``, ` `, `null`, `{}`, `[]`, `"view"`, `{"op":"view"}`, ` { "op" : "view" , "seq" : 7 } `, `{"op":"view"}x`, `{"op":"view"`, `{"op":"view",}`, `{'op':'view'}`,
	`{"op":null,"seq":null,"uvw":null,"set":null,"x":null,"block":null}`, `{"op":5}`, `{"op":{"a":1}}`, `{"op":["view"]}`, `{"seq":-1}`, `{"seq":4294967296}`, `{"seq":1.0}`, `{"seq":1e2}`, `{"seq":"1"}`, `{"step":9223372036854775808}`, `{"step":-0}`,
	`{"x":1e999}`, `{"x":-1e-999}`, `{"x":12345678901234567890123456789012345678901234567890.5}`, `{"x":NaN}`, `{"x":0x1p3}`, `{"x":1_000}`, `{"x":+1}`, `{"x":true}`, `{"x":1,"x":2,"x":null}`,
	`{"uvw":[1,1,0]}`, `{"uvw":[1,1]}`, `{"uvw":[1,1,0,5,"x",{}]}`, `{"uvw":[]}`, `{"uvw":[1,2,3],"uvw":[4]}`, `{"uvw":[1,2,3],"uvw":null}`, `{"uvw":{"0":1}}`, `{"uvw":[1.5,1,1]}`, `{"uvw":[1,2,3],"hkl":[4,5,6]}`,
	`{"set":{"kv":"200","overlays":{"k":true,"h":false},"holder":{"alpha":"1"},"second":{"variant":2}}}`, `{"set":{"kv":"1"},"set":{"cl":"2"}}`, `{"set":{"overlays":{"k":true},"overlays":{"h":true}}}`, `{"set":{"overlays":{"k":null}}}`, `{"set":{"overlays":{"k":1}}}`, `{"set":{"overlays":{"\u006b":true,"\ud800":false,"":true}}}`, `{"set":[]}`, `{"set":"x"}`, `{"set":{"kv":200}}`, `{"set":{"kv":null}}`,
	`{"\u006fp":"view"}`, `{"op":"\ud83d\ude00\ud83d\u0000"}`, "{\"op\":\"\xff\xfe\"}", "{\"\xff\":1}", `{"op":"\u00"}`, "{\"op\":\"a\nb\"}", `{"unknown":{"deep":[[[{"a":[null,true,1.5e3,"x"]}]]]},"op":"view"}`, `{"unknown":[1,}`, `{"":""}`,
	`{"unknown":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`, `{"export":{"labels":true,"origin":"x"}}`, `{"export":{"labels":"true"}}`, `{"deg":0,"between":false,"fit":true}`,
	`{"l":"/sim?v=1","q":[1,0,0,0],"z":[0,0,1],"m":[200,520,50,0,0,0],"p":[1,2,3],"k":"x","f":"ab","n":3}`, `{"q":[1e-320,-0.0,1e22]}`, `{"p":[]}`, `{"p":null}`, `{"p":[1],"p":[2,3]}`, `{"p":[1,"2"]}`,
	`{"format":"zoneaxis session","link":"/sim","state":"{}"}`, `{"format":1}`,
}

// FuzzDecode: whatever comes is read as encoding/json reads it, or refused by
// both.
func FuzzDecode(f *testing.F) {
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	known := map[string]string{}
	for _, m := range messages {
		names(m.t, known)
	}
	delete(known, "-")
	f.Fuzz(func(t *testing.T, text []byte) {
		if outside(text, known) {
			t.Skip("different on purpose")
		}
		for _, m := range messages {
			if m.decode != nil {
				sameDecoded(t, m.name, m.t, m.decode, text)
			}
		}
	})
}

// What differs from encoding/json on purpose.
func TestDecodeStrict(t *testing.T) {
	var r Request
	in := jsontext.NewReader([]byte(`{"OP":"view","Seq":3,"op":"go"}`))
	if decodeRequest(in, &r); in.Close() != nil || r.Op != "go" || r.Seq != 0 {
		t.Errorf("names in another case are not unknown: %+v, %v", r, in.Err())
	}
	deep := `{"unknown":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}`
	if _, err := ReadRequest([]byte(deep)); err == nil || !strings.Contains(err.Error(), "nested deeper than 64") {
		t.Errorf("nested a million times: %v", err)
	}
}
