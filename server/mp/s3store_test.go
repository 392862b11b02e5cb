//go:build s3

package mp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestSignature checks signatures against the examples of the Amazon S3 API
// reference, "Authenticating Requests: Using the Authorization Header".
func TestSignature(t *testing.T) {
	s, err := NewS3Store(S3Options{Endpoint: "https://s3.amazonaws.com", Region: "us-east-1", Bucket: "examplebucket",
		AccessKey: "AKIAIOSFODNN7EXAMPLE", Secret: NewSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")})
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC) }
	tests := []struct {
		name, method, url string
		header            [2]string
		body              string
		signature         string
	}{
		{"object", "GET", "https://examplebucket.s3.amazonaws.com/test.txt", [2]string{"Range", "bytes=0-9"}, "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"query without value", "GET", "https://examplebucket.s3.amazonaws.com/?lifecycle=", [2]string{}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"list", "GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", [2]string{}, "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequest(tt.method, tt.url, nil)
			if tt.header[0] != "" {
				req.Header.Set(tt.header[0], tt.header[1])
			}
			s.sign(req, []byte(tt.body))
			if got := req.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+tt.signature) {
				t.Errorf("got %s\nwant %s", got, tt.signature)
			}
		})
	}
}

// fakeS3Tool is a stand-in for S3 by others. It is built for this test only and
// linked into nothing of ours.
const fakeS3Tool = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0"

// fakeS3 starts the stand-in and returns a store in it.
func fakeS3(t *testing.T) *S3Store {
	t.Helper()
	tools := t.TempDir()
	build := exec.Command("go", "install", fakeS3Tool)
	build.Env = append(os.Environ(), "GOBIN="+tools, "GOFLAGS=-mod=mod")
	build.Dir = tools
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("no S3 to test with: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(filepath.Join(tools, "gofakes3"), "-backend", "memory", "-host", addr, "-initialbucket", "structures")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the stand-in does not start")
		}
	}
	s, err := NewS3Store(S3Options{Endpoint: "http://" + addr, Region: "eu-test-1", Bucket: "structures", AccessKey: "key", Secret: NewSecret(testKey)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestS3Store(t *testing.T) {
	s := fakeS3(t)
	testStore(t, s)
	opt := s.opt
	opt.Prefix = "zoneaxis/"
	inner, err := NewS3Store(opt)
	if err != nil {
		t.Fatal(err)
	}
	testStore(t, inner)

	// More than a page of the list.
	for i := range 1203 {
		if err := s.Put(t.Context(), objectKey("2026.04.13", i), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, err := range s.List(t.Context(), schema+"/2026.04.13/") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1203 {
		t.Errorf("listed %d, want 1203", n)
	}
}

// TestS3Claim: what a service answers to a claim. One that does not know
// If-None-Match stores in place of what is there and says so by 200; the others
// say 412, or 409 while somebody is at it; a claim is made once, and no other
// request takes these statuses for anything but failures.
func TestS3Claim(t *testing.T) {
	var status, requests atomic.Int32
	var sent atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		sent.Store(r.Header.Get("If-None-Match") + " " + r.Method)
		if !strings.Contains(r.Header.Get("Authorization"), "if-none-match") && r.Header.Get("If-None-Match") != "" {
			t.Error("the condition is not signed")
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	s, err := NewS3Store(S3Options{Endpoint: server.URL, Region: "eu-test-1", Bucket: "structures", AccessKey: "key", Secret: NewSecret(testKey)})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status int32
		mine   bool
		fails  bool
	}{{200, true, false}, {412, false, false}, {409, false, false}, {501, false, true}, {403, false, true}, {500, false, true}} {
		status.Store(tt.status)
		requests.Store(0)
		mine, err := s.Claim(t.Context(), "state/lease/mp-149", []byte("x"))
		if mine != tt.mine || (err != nil) != tt.fails || requests.Load() != 1 || sent.Load() != "* PUT" {
			t.Errorf("%d: %v, %v after %d requests like %q", tt.status, mine, err, requests.Load(), sent.Load())
		}
		if tt.status == 409 || tt.status == 412 {
			if err := s.Put(t.Context(), "state/check", []byte("x")); err == nil || errors.Is(err, errThere) || sent.Load() != " PUT" {
				t.Errorf("%d: an ordinary object: %v (%q)", tt.status, err, sent.Load())
			}
			if err := s.Delete(t.Context(), "state/check"); err == nil || errors.Is(err, errThere) {
				t.Errorf("%d: removal: %v", tt.status, err)
			}
		}
	}
}

// TestS3Replicas: two caches over one bucket, one upstream call; what is
// damaged in the bucket is found out.
func TestS3Replicas(t *testing.T) {
	s := fakeS3(t)
	r := newRig(t, nil)
	a, b := r.cacheOver(t, s, nil), r.cacheOver(t, s, nil)
	first, err := a.Structure(t.Context(), silicon)
	if err != nil {
		t.Fatal(err)
	}
	b.ask(t.Context())
	if o, err := b.Structure(t.Context(), silicon); err != nil || o.ETag != first.ETag || r.fake.Count(silicon) != 1 {
		t.Errorf("got %v, %v, %d requests", o, err, r.fake.Count(silicon))
	}
	if err := s.Put(t.Context(), objectKey(version1, silicon), first.Body[:100]); err != nil {
		t.Fatal(err)
	}
	c := r.cacheOver(t, s, nil)
	if o, err := c.Structure(t.Context(), silicon); err != nil || !sameButTime(t, o.Body, first.Body) || r.fake.Count(silicon) != 2 {
		t.Errorf("damaged: %v, %v, %d requests", o, err, r.fake.Count(silicon))
	}
	aside := 0
	for range s.List(t.Context(), quarantinePrefix) {
		aside++
	}
	if aside != 1 {
		t.Errorf("%d put aside, want 1", aside)
	}
}

// TestS3Trouble: errors are told, stumbles are tried once more, and the secret
// stays here.
func TestS3Trouble(t *testing.T) {
	var calls atomic.Int32
	status := atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		for _, v := range r.Header {
			if strings.Contains(strings.Join(v, " "), testKey) {
				t.Error("the secret is in a header")
			}
		}
		w.WriteHeader(int(status.Load()))
		w.Write([]byte(testKey))
	}))
	defer server.Close()
	s, err := NewS3Store(S3Options{Endpoint: server.URL, Region: "r", Bucket: "b", AccessKey: "k", Secret: NewSecret(testKey)})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status, calls int
		want          error
	}{{500, 2, nil}, {503, 2, nil}, {403, 1, nil}, {404, 1, ErrAbsent}, {507, 1, ErrFull}, {301, 1, nil}} {
		calls.Store(0)
		status.Store(int32(tt.status))
		_, err := s.Get(context.Background(), "a")
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || strings.Contains(err.Error(), testKey) || int(calls.Load()) != tt.calls {
			t.Errorf("%d: got %v after %d calls", tt.status, err, calls.Load())
		}
	}
	for _, opt := range []S3Options{{}, {Endpoint: "ftp://x", Region: "r", Bucket: "b", AccessKey: "k", Secret: NewSecret("s")}, {Endpoint: "https://x", Bucket: "b", AccessKey: "k", Secret: NewSecret("s")}} {
		if _, err := NewS3Store(opt); err == nil {
			t.Errorf("accepted %+v", opt)
		}
	}
}
