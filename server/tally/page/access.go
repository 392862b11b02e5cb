package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"zoneaxis/server/internal/hits"
)

// Token is the secret that lets hits in and opens the pages. It holds a digest
// and not the text, so nothing can print it.
type Token struct{ sum [sha256.Size]byte }

// NewToken checks a token: at least 16 visible ASCII characters.
func NewToken(text string) (Token, error) {
	if err := hits.CheckToken(text, 16); err != nil {
		return Token{}, err
	}
	return Token{sha256.Sum256([]byte(text))}, nil
}

// Is reports whether a text is the token, in a time that tells nothing about it.
func (t Token) Is(text string) bool {
	sum := sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(sum[:], t.sum[:]) == 1
}

const (
	cookieName = "tally"
	signedIn   = 30 * 24 * time.Hour
)

// seal is what a cookie holds: until when, and a signature with the token.
func (t Token) seal(until time.Time) string {
	text := strconv.FormatInt(until.Unix(), 10)
	mac := hmac.New(sha256.New, t.sum[:])
	mac.Write([]byte("signed in until " + text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// opened reports whether a cookie is one that was given out and still counts.
func (t Token) opened(cookie string, now time.Time) bool {
	text, _, _ := strings.Cut(cookie, ".")
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < now.Unix() || seconds > now.Add(signedIn).Unix() {
		return false
	}
	return hmac.Equal([]byte(cookie), []byte(t.seal(time.Unix(seconds, 0))))
}

// mayRead reports whether a request may see the pages.
func (p *pages) mayRead(r *http.Request) bool { return p.public || p.owner(r) }

// owner reports whether a request has the token, or the cookie made of it.
func (p *pages) owner(r *http.Request) bool {
	if c, err := r.Cookie(cookieName); err == nil && p.token.opened(c.Value, p.now()) {
		return true
	}
	return r.Header.Get("Authorization") != "" && p.guessed(r, p.sent(r))
}

// guessed passes on whether a token was right, and makes a wrong one cost one of
// the tries that a client has. Who has none left is not told, right or wrong.
func (p *pages) guessed(r *http.Request, right bool) bool {
	client, now := clientOf(r), p.now()
	if !p.guesses.some(client, now) {
		return false
	}
	if !right {
		p.guesses.allow(client, now)
	}
	return right
}

// signIn takes the token from the form and gives a cookie for it.
func (p *pages) signIn(w http.ResponseWriter, r *http.Request) {
	if !p.guesses.some(clientOf(r), p.now()) {
		w.Header().Set("Retry-After", "60")
		p.form(w, http.StatusTooManyRequests, "Too many tries. Wait a minute.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if !p.guessed(r, p.token.Is(strings.TrimSpace(r.PostFormValue("token")))) {
		p.form(w, http.StatusForbidden, "That is not the token.")
		return
	}
	p.cookie(w, r, p.token.seal(p.now().Add(signedIn)), int(signedIn.Seconds()))
}

func (p *pages) signOut(w http.ResponseWriter, r *http.Request) { p.cookie(w, r, "", -1) }

// cookie sets the cookie and leads back to the pages.
func (p *pages) cookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
	w.Header().Set("Location", "./")
	w.WriteHeader(http.StatusSeeOther)
}

// clientOf is how clients are told apart: by address, IPv6 by /64.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// limits bound what each client may do. Those that have not come for long are
// forgotten.
type limits struct {
	mu    sync.Mutex
	each  rate.Limit
	burst int
	known *lru.Cache[string, *rate.Limiter]
}

func newLimits(each rate.Limit, burst int) (*limits, error) {
	known, err := lru.New[string, *rate.Limiter](1000)
	return &limits{each: each, burst: burst, known: known}, err
}

// allow takes one from what a client has left, and tells how many there are.
func (l *limits) allow(client string, now time.Time) (left int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.of(client)
	ok = one.AllowN(now, 1)
	return max(0, int(one.TokensAt(now))), ok
}

// some reports whether a client has one left.
func (l *limits) some(client string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(client).TokensAt(now) >= 1
}

func (l *limits) of(client string) *rate.Limiter {
	one, found := l.known.Get(client)
	if !found {
		one = rate.NewLimiter(l.each, l.burst)
		l.known.Add(client, one)
	}
	return one
}
