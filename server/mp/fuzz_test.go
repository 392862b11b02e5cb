package mp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
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

// memoryStore is a Store that forgets.
type memoryStore struct{}

func (memoryStore) Get(context.Context, string) ([]byte, error) { return nil, ErrAbsent }
func (memoryStore) Put(context.Context, string, []byte) error   { return nil }
func (memoryStore) Delete(context.Context, string) error        { return nil }
func (memoryStore) Check(context.Context) error                 { return nil }
func (memoryStore) List(context.Context, string) iter.Seq2[Info, error] {
	return func(func(Info, error) bool) {}
}

// answering is an upstream that gives every request the same answer.
type answering struct {
	status int
	body   []byte
	retry  string
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	if a.retry != "" {
		h["Retry-After"] = []string{a.retry}
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// fuzzed are materials that are asked for: some that the stand-in has, and one
// that there is nowhere.
var fuzzed = []int{22862, silicon, 7_000_000}

// FuzzUpstream feeds answers of the upstream to everything between it and a
// visitor: he gets an object that can be drawn, or one of the errors that are
// known.
func FuzzUpstream(f *testing.F) {
	for _, raw := range mpfake.Made() {
		for i := range fuzzed {
			f.Add(i, 200, append(append([]byte(`{"data":[`), raw...), `],"meta":{}}`...), "")
		}
	}
	for _, text := range []string{`{"data":[]}`, `{"data":null}`, `{"data":[{"material_id":"mp-149"}]}`, `[1,1]`, ``, `{"data":[{"material_id":"mp-149","structure":{"sites":[{}]},"builder_meta":{"license":"BY-C"}}]}`} {
		f.Add(0, 200, []byte(text), "")
		f.Add(1, 429, []byte(text), "3")
		f.Add(2, 502, []byte(text), "Wed, 21 Oct 2099 07:28:00 GMT")
	}
	quiet := slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, which, status int, body []byte, retry string) {
		if status < 200 || status > 599 || which < 0 || which >= len(fuzzed) {
			return
		}
		client, err := NewClient(Options{Key: NewSecret(testKey), Rate: 1e9, Burst: 1e9, RetryPause: time.Nanosecond, Total: time.Second, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		client.http.Transport = &answering{status, body, retry}
		cache, err := NewCache(client, memoryStore{}, CacheOptions{Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		o, err := cache.Structure(t.Context(), fuzzed[which])
		var busy *BusyError
		switch {
		case err == nil:
		case errors.Is(err, ErrUnknown), errors.Is(err, ErrLicence), errors.Is(err, ErrUnusable), errors.Is(err, ErrUpstream), errors.Is(err, ErrRefused), errors.As(err, &busy):
			return
		default:
			t.Fatalf("%d %q: an error that nobody knows: %v", status, body, err)
		}
		doc, err := source.DecodeDoc(o.Body)
		if err != nil {
			t.Fatalf("%q became an object that cannot be read: %v", body, err)
		}
		if s, err := doc.Structure(); err == nil && len(s.Sites) == 0 {
			t.Errorf("%q became a structure without sites", body)
		}
	})
}
