package mp

import (
	"bytes"
	"testing"
	"time"

	"zoneaxis/internal/source"
	"zoneaxis/server/mp/mpfake"
)

// FuzzObject feeds the check of stored objects.
func FuzzObject(f *testing.F) {
	for _, raw := range mpfake.Made() {
		if doc, err := document(raw, version1, time.Unix(0, 0)); err == nil {
			if body, err := source.EncodeDoc(doc); err == nil {
				f.Add(body)
			}
		}
	}
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := source.DecodeDoc(data)
		if err != nil {
			return
		}
		again, err := source.EncodeDoc(doc)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("accepted %q, but writes %q, %v", data, again, err)
		}
	})
}

// FuzzAnswer feeds the decoder of upstream answers: no panic, and whatever it
// accepts can be served.
func FuzzAnswer(f *testing.F) {
	for _, raw := range mpfake.Made() {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, more, err := dataOf(append(append([]byte(`{"data":[`), data...), `]}`...), 1, maxTokens)
		if err != nil || len(list) != 1 || more {
			return
		}
		doc, err := document(list[0], version1, time.Unix(0, 0))
		if err != nil {
			return
		}
		body, err := source.EncodeDoc(doc)
		if err != nil {
			return // more sites than we serve
		}
		if _, err := newObject(version1, doc.ID, body); err != nil {
			t.Errorf("wrote a document that cannot be served: %v\n%s", err, body)
		}
	})
}

// FuzzID: what is accepted has one canonical form, which means the same.
func FuzzID(f *testing.F) {
	for _, s := range []string{"mp-149", "MP-149", "mp-ft", "mp-aaaaaaft", "149", "mvc-149", "mp-", "mp-1a", " mp-149 ", "mp-99999999", "mp-zzzzzzzz", "mp-aaaaaaaaa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := source.ParseMP(text)
		if err != nil {
			return
		}
		canonical := source.FormatMP(id)
		if back, err := source.ParseMP(canonical); err != nil || back != id {
			t.Errorf("%q is %d, but %q is %d, %v", text, id, canonical, back, err)
		}
		if !validKey(objectKey(version1, id)) {
			t.Errorf("%q makes the key %q", text, objectKey(version1, id))
		}
	})
}
