package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// The policies. What code and styles a page has in it is allowed by its hash,
// and nothing is loaded from another host. 'wasm-unsafe-eval' lets WebAssembly be compiled
// and nothing else be evaluated.
const (
	policyLoads = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
		"font-src 'self'; connect-src 'self'"
	policyRest   = "; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
	policyCommon = policyLoads + "; worker-src 'self'" + policyRest
	policyPage   = policyCommon + "; frame-ancestors 'none'"
	policyInner  = policyCommon + "; frame-ancestors 'self'" // the document in the viewer's iframe
	// Nothing is said of who may frame it: every list, * too, leaves out slides
	// opened from a disk and frames that are sandboxed. These have no origin,
	// without which a worker starts from the page's own text alone.
	policyEmbed = policyLoads + "; worker-src 'self' blob:" + policyRest
	// A picture opened by itself loads nothing and runs nothing. It brings its
	// styles with it.
	policyPicture = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
)

// allow adds a text that stands in a page to what a directive of a policy lets in.
func allow(policy, directive string, text []byte) string {
	sum := sha256.Sum256(text)
	own := directive + " 'self'"
	return strings.Replace(policy, own, own+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", 1)
}

// Header values that do not change are shared between responses; net/http
// does not write to them.
var (
	nosniff       = []string{"nosniff"}
	referrer      = []string{"strict-origin-when-cross-origin"}
	permissions   = []string{"camera=(), microphone=(), geolocation=(), payment=()"}
	sameOrigin    = []string{"same-origin"}
	crossOrigin   = []string{"cross-origin"}
	deny          = []string{"DENY"}
	sameFrame     = []string{"SAMEORIGIN"}
	pagePolicy    = []string{policyPage}
	innerPolicy   = []string{policyInner}
	embedPolicy   = []string{policyEmbed}
	picturePolicy = []string{policyPicture}
	anyone        = []string{"*"}
	hsts          = []string{"max-age=31536000"}
	varyEncoding  = []string{"Accept-Encoding"}
	immutable     = []string{"public, max-age=31536000, immutable"}
	dayCache      = []string{"public, max-age=86400"}
	noCache       = []string{"no-cache"}
	noStore       = []string{"no-store"}
)

// secure sets the headers of every response, and loosens them where a page must
// be framed or a document may be read from elsewhere.
func (s *server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = nosniff
		h["Referrer-Policy"] = referrer
		h["Permissions-Policy"] = permissions
		h["Cross-Origin-Opener-Policy"] = sameOrigin
		h["Cross-Origin-Resource-Policy"] = sameOrigin
		h["Content-Security-Policy"] = pagePolicy
		h["X-Frame-Options"] = deny
		if s.encrypted(r) {
			h["Strict-Transport-Security"] = hsts
		}
		switch path := r.URL.Path; {
		case path == "/embed":
			framedByAnyone(h)
		case path == "/oembed", path == "/sim.svg", path == "/healthz", strings.HasPrefix(path, "/api/structure/"), strings.HasPrefix(path, "/data/"):
			// Refusals too: a page without an origin, as an embedded pattern is in a
			// sandboxed frame, reads them as it reads what it asked for.
			readByAnyone(h)
		}
		next.ServeHTTP(w, r)
	})
}

// encrypted reports whether the visitor came over TLS, here or at a proxy that
// we trust.
func (s *server) encrypted(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	return s.trusts(r.RemoteAddr) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// framedBySelf lets our own pages put this document into an iframe.
func framedBySelf(h http.Header) {
	h["Content-Security-Policy"] = innerPolicy
	h["X-Frame-Options"] = sameFrame
}

// framedByAnyone lets every site put this document into an iframe.
func framedByAnyone(h http.Header) {
	h["Content-Security-Policy"] = embedPolicy
	delete(h, "X-Frame-Options")
	h["Cross-Origin-Resource-Policy"] = crossOrigin
}

// readByAnyone lets scripts of every site read this answer.
func readByAnyone(h http.Header) {
	h["Access-Control-Allow-Origin"] = anyone
	h["Cross-Origin-Resource-Policy"] = crossOrigin
}
