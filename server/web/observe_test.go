package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fastWriter is a response that notes who copies.
type fastWriter struct {
	*httptest.ResponseRecorder
	fast    int
	largest int
}

func (w *fastWriter) Write(b []byte) (int, error) {
	w.largest = max(w.largest, len(b))
	return w.ResponseRecorder.Write(b)
}

func (w *fastWriter) ReadFrom(src io.Reader) (int64, error) {
	w.fast++
	return io.Copy(w.ResponseRecorder, src)
}

// TestCopies: a file of the disk goes the short way, one of the binary through a
// small buffer: net/http's two are 64 kB for each client that does not read.
func TestCopies(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 20_000)
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tt := range []struct {
		name string
		src  io.Reader
		fast int
	}{
		{"disk", io.LimitReader(file, int64(len(data))), 1},
		{"binary", strings.NewReader(string(data)), 0},
		{"part of one in the binary", io.LimitReader(strings.NewReader(string(data)+"rest"), int64(len(data))), 0},
	} {
		w := &fastWriter{ResponseRecorder: httptest.NewRecorder()}
		rec := &recorder{ResponseWriter: w}
		n, err := rec.ReadFrom(tt.src)
		if err != nil || n != int64(len(data)) || rec.bytes != n || rec.status != http.StatusOK || !bytes.Equal(w.Body.Bytes(), data) {
			t.Errorf("%s: %d bytes, %v, %+v", tt.name, n, err, rec)
		}
		if w.fast != tt.fast || w.largest > copyBytes {
			t.Errorf("%s: %d times the short way, pieces up to %d bytes", tt.name, w.fast, w.largest)
		}
	}
}
