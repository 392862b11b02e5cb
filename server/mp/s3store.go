//go:build s3

package mp

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// S3Options name a bucket of a service that speaks the S3 protocol.
type S3Options struct {
	Endpoint  string // "https://s3.eu-central-1.amazonaws.com", "http://localhost:9000"
	Region    string // "eu-central-1"
	Bucket    string
	Prefix    string // before every key, with its slash at the end; may be empty
	AccessKey string
	Secret    Secret
}

// S3Store is a Store in a bucket, which several replicas can share. Requests
// are signed with AWS Signature Version 4 and address the bucket in the path.
type S3Store struct {
	opt  S3Options
	base *url.URL
	http *http.Client
	now  func() time.Time

	mu      sync.Mutex
	checked time.Time
	broken  error
}

// NewS3Store checks the options and returns the store. It makes no request.
func NewS3Store(opt S3Options) (*S3Store, error) {
	base, err := url.Parse(opt.Endpoint)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.User != nil {
		return nil, fmt.Errorf("mp: S3 endpoint %q: expected something like https://s3.eu-central-1.amazonaws.com", opt.Endpoint)
	}
	if opt.Bucket == "" || strings.Contains(opt.Bucket, "/") || opt.Region == "" || opt.AccessKey == "" || !opt.Secret.Set() {
		return nil, errors.New("mp: S3 needs a bucket, a region, an access key and a secret")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	return &S3Store{
		opt: opt, base: base, now: time.Now,
		http: &http.Client{
			Timeout:       10 * time.Second,
			Transport:     &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 8 * time.Second, ForceAttemptHTTP2: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Get returns the object.
func (s *S3Store) Get(ctx context.Context, key string) ([]byte, error) {
	if !validKey(key) {
		return nil, fmt.Errorf("mp: store key %q", key)
	}
	return s.do(ctx, http.MethodGet, key, nil, nil)
}

// Put stores the object. A service of this kind stores whole objects only.
func (s *S3Store) Put(ctx context.Context, key string, data []byte) error {
	if !validKey(key) {
		return fmt.Errorf("mp: store key %q", key)
	}
	if data == nil {
		data = []byte{}
	}
	_, err := s.do(ctx, http.MethodPut, key, nil, data)
	return err
}

// Claim stores an object if there is none of its key (If-None-Match), and reports
// whether it did.
func (s *S3Store) Claim(ctx context.Context, key string, data []byte) (bool, error) {
	if !validKey(key) {
		return false, fmt.Errorf("mp: store key %q", key)
	}
	_, err, _ := s.once(context.WithValue(ctx, ifAbsent{}, true), http.MethodPut, key, nil, data)
	if errors.Is(err, errThere) {
		return false, nil
	}
	return err == nil, err
}

// ifAbsent marks requests that store nothing in place of another object.
type ifAbsent struct{}

var errThere = errors.New("mp: S3: there is an object")

// Delete removes the object.
func (s *S3Store) Delete(ctx context.Context, key string) error {
	if !validKey(key) {
		return fmt.Errorf("mp: store key %q", key)
	}
	if _, err := s.do(ctx, http.MethodDelete, key, nil, nil); err != nil && !errors.Is(err, ErrAbsent) {
		return err
	}
	return nil
}

// List yields the objects, a thousand to a request.
func (s *S3Store) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		token := ""
		for {
			query := url.Values{"list-type": {"2"}, "prefix": {s.opt.Prefix + prefix}}
			if token != "" {
				query.Set("continuation-token", token)
			}
			body, err := s.do(ctx, http.MethodGet, "", query, nil)
			if err != nil {
				yield(Info{}, err)
				return
			}
			var page struct {
				Contents []struct {
					Key          string
					Size         int64
					LastModified time.Time
				}
				IsTruncated           bool
				NextContinuationToken string
			}
			if err := xml.Unmarshal(body, &page); err != nil {
				yield(Info{}, errors.New("mp: S3: the list of objects cannot be read"))
				return
			}
			for _, c := range page.Contents {
				key, ok := strings.CutPrefix(c.Key, s.opt.Prefix)
				if ok && validKey(key) && !yield(Info{key, c.Size, c.LastModified}, nil) {
					return
				}
			}
			if !page.IsTruncated || page.NextContinuationToken == "" {
				return
			}
			token = page.NextContinuationToken
		}
	}
}

// Check writes a small object, at most every half minute.
func (s *S3Store) Check(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.checked) < 30*time.Second {
		return s.broken
	}
	s.broken = s.Put(ctx, "state/check", []byte("ok"))
	s.checked = s.now()
	return s.broken
}

// do makes a request, once more if the service stumbles.
func (s *S3Store) do(ctx context.Context, method, key string, query url.Values, data []byte) ([]byte, error) {
	body, err, again := s.once(ctx, method, key, query, data)
	if again && ctx.Err() == nil && sleep(ctx, 200*time.Millisecond) {
		body, err, _ = s.once(ctx, method, key, query, data)
	}
	return body, err
}

func (s *S3Store) once(ctx context.Context, method, key string, query url.Values, data []byte) (body []byte, err error, again bool) {
	target := *s.base
	target.Path += "/" + s.opt.Bucket
	if key != "" {
		target.Path += "/" + s.opt.Prefix + key
	}
	target.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(data))
	if err != nil {
		return nil, err, false
	}
	if data == nil {
		req.Body = http.NoBody
	}
	claim := ctx.Value(ifAbsent{}) != nil
	if claim {
		req.Header.Set("If-None-Match", "*")
	}
	s.sign(req, data)
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("mp: S3: %s", transportFailure(err).what), true
	}
	defer resp.Body.Close()
	// An object or a page of the list; a thousand keys take some 400 kB.
	body, err = io.ReadAll(io.LimitReader(resp.Body, 4*maxObject))
	switch code := resp.StatusCode; {
	case err != nil:
		return nil, fmt.Errorf("mp: S3: %s", transportFailure(err).what), true
	case code == http.StatusNotFound && key != "":
		return nil, ErrAbsent, false
	case claim && (code == http.StatusPreconditionFailed || code == http.StatusConflict):
		return nil, errThere, false
	case code == http.StatusInsufficientStorage:
		return nil, ErrFull, false
	case code/100 != 2:
		return nil, fmt.Errorf("mp: S3: %s answers status %d", method, code), code >= 500
	}
	return body, nil, false
}

// sign adds the headers of AWS Signature Version 4 for the service "s3".
func (s *S3Store) sign(req *http.Request, data []byte) {
	stamp := s.now().UTC().Format("20060102T150405Z")
	day := stamp[:8]
	sum := sha256.Sum256(data)
	payload := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Date", stamp)
	req.Header.Set("X-Amz-Content-Sha256", payload)

	names := []string{"host"}
	for name := range req.Header {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	var headers strings.Builder
	for _, name := range names {
		value := req.Header.Get(name)
		if name == "host" {
			value = req.URL.Host
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{req.Method, req.URL.EscapedPath(), req.URL.RawQuery, headers.String(), signed, payload}, "\n")
	hash := sha256.Sum256([]byte(canonical))
	scope := day + "/" + s.opt.Region + "/s3/aws4_request"
	text := "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex.EncodeToString(hash[:])

	key := []byte("AWS4" + s.opt.Secret.text)
	for _, part := range []string{day, s.opt.Region, "s3", "aws4_request", text} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.opt.AccessKey+"/"+scope+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(key))
}
