package web

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// limitWindow is the time over which a client's requests are counted: a limit
// of n requests a second with a burst of 3n.
const limitWindow = 3 * time.Second

// clientKey tells clients apart: by address, IPv6 by /64, the part that one
// subscriber has to himself.
func clientKey(r *http.Request) (string, error) {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context())), nil
}

// siteKey is a client with all the addresses that one site may have: IPv6 by
// /48.
func siteKey(r *http.Request) string {
	ip := middleware.GetClientIPAddr(r.Context()).Unmap()
	if p, err := ip.Prefix(48); err == nil && ip.Is6() {
		return p.Addr().String()
	}
	return ip.String()
}

// limits counts the requests of clients. IPv6 is counted once more by /48, which
// one site has to itself and may be 65,536 clients: it may have wideFactor times
// as many.
type limits struct{ each, wide *httprate.RateLimiter }

const wideFactor = 4

// newLimits allows count requests per window and client. It writes no headers
// on success, to keep answers cacheable.
func newLimits(count int, window time.Duration) *limits {
	told := httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"})
	return &limits{httprate.NewRateLimiter(count, window, told), httprate.NewRateLimiter(wideFactor*count, window, told)}
}

// over counts a request and reports whether it is one too many; w then says when
// to come back.
func (l *limits) over(w http.ResponseWriter, r *http.Request) bool {
	key, err := clientKey(r)
	if err != nil {
		return false
	}
	if l.each.OnLimit(w, r, key) {
		return true
	}
	return middleware.GetClientIPAddr(r.Context()).Unmap().Is6() && l.wide.OnLimit(w, r, siteKey(r))
}

// limited reports whether a client is over a limit; if so it has been told.
func (s *server) limited(l *limits, w http.ResponseWriter, r *http.Request) bool {
	if l == nil || !l.over(w, r) {
		return false
	}
	s.m.limited.Inc()
	s.fail(w, r, tooMany(w.Header().Get("Retry-After")))
	return true
}

// tooMany tells a client to come back after a number of seconds.
func tooMany(seconds string) problem {
	n, err := strconv.Atoi(seconds)
	if err != nil || n < 1 {
		n = 1
	}
	return problem{Status: http.StatusTooManyRequests, Code: "busy", RetryAfter: n,
		Detail: "Too many requests just now. Try again in " + strconv.Itoa(n) + " s."}
}

// limit counts the requests of a client. The files of the build are free: they
// come from memory and cost no more than the refusal would, one visit takes a
// hundred of them at once (the page, then the service worker), and a whole
// class may sit behind one address.
func (s *server) limit(next http.Handler) http.Handler {
	if s.all == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.site().files[r.URL.Path] != nil || !s.limited(s.all, w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// client finds the client's address: the peer, or, if that is a trusted
// proxy, what the proxy says.
func (s *server) client() func(http.Handler) http.Handler {
	find := middleware.ClientIPFromRemoteAddr
	if len(s.cfg.TrustedProxies) > 0 {
		prefixes := make([]string, len(s.cfg.TrustedProxies))
		for i, p := range s.cfg.TrustedProxies {
			prefixes[i] = p.String()
		}
		find = middleware.ClientIPFromXFF(prefixes...)
	}
	return func(next http.Handler) http.Handler {
		found := find(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			withoutPorts(r.Header)
			s.checkProxy(r)
			found.ServeHTTP(w, r)
		})
	}
}

// withoutPorts takes the ports away that some proxies write after addresses, and
// the brackets.
func withoutPorts(h http.Header) {
	for i, list := range h["X-Forwarded-For"] {
		if strings.IndexByte(list, ':') < 0 && strings.IndexByte(list, '[') < 0 {
			continue
		}
		items := strings.Split(list, ",")
		for k, item := range items {
			item = strings.TrimSpace(item)
			if ap, err := netip.ParseAddrPort(item); err == nil {
				items[k] = ap.Addr().String()
			} else if inner, ok := strings.CutPrefix(item, "["); ok {
				items[k] = strings.TrimSuffix(inner, "]")
			}
		}
		h["X-Forwarded-For"][i] = strings.Join(items, ",")
	}
}

// proxyDoubts are what has been said about the proxies, each once.
type proxyDoubts struct{ silent, untrusted, old sync.Once }

// checkProxy tells the operator, once, when a proxy is set up so that all
// visitors look like one. A header that anybody can send is no proof of a proxy,
// so the words are careful.
func (s *server) checkProxy(r *http.Request) {
	forwarded := r.Header["X-Forwarded-For"] != nil
	switch trusted := s.trusts(r.RemoteAddr); {
	case trusted && !namesVisitor(r.Header):
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			return // a supervisor on the same machine
		}
		s.doubts.silent.Do(func() {
			s.log.Warn("a trusted proxy does not say who the visitor is, so all its visitors share one limit",
				"proxy", r.RemoteAddr, "nginx", "proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Host $host;")
		})
	case !trusted && forwarded:
		s.doubts.untrusted.Do(func() {
			if name, ok := local(r.RemoteAddr); ok {
				s.log.Warn("X-Forwarded-For comes from an address that is not trusted, so all visitors share its limit; if that is your proxy, name it", "setting", "TRUSTED_PROXIES="+name)
			} else {
				s.log.Warn("X-Forwarded-For comes from an address that is not trusted and is passed over; if that is your proxy, name its network in TRUSTED_PROXIES")
			}
		})
	case !trusted && r.ProtoMajor == 1 && r.ProtoMinor == 0:
		// As nginx asks when it is told nothing but the address.
		if name, ok := local(r.RemoteAddr); ok {
			s.doubts.old.Do(func() {
				s.log.Warn("a program near by asks over HTTP/1.0; if that is your proxy, all visitors share its limit, and addresses in pages are its own",
					"setting", "TRUSTED_PROXIES="+name+" ORIGIN=https://your.site",
					"nginx", "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Host $host;")
			})
		}
	}
}

// namesVisitor reports whether the last of X-Forwarded-For, which is what the
// nearest proxy wrote, is an address.
func namesVisitor(h http.Header) bool {
	lists := h["X-Forwarded-For"]
	if len(lists) == 0 {
		return false
	}
	last := lists[len(lists)-1]
	_, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]))
	return err == nil
}

// local returns a peer of this machine or a private network, by address. Those
// of visitors are not for the log.
func local(remote string) (string, bool) {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return "", false
	}
	ip := peer.Addr().Unmap().WithZone("")
	return ip.String(), ip.IsLoopback() || ip.IsPrivate()
}

// trusts reports whether a peer is one of our proxies.
func (s *server) trusts(remote string) bool {
	if len(s.cfg.TrustedProxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	ip := peer.Addr().Unmap().WithZone("")
	for _, p := range s.cfg.TrustedProxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
