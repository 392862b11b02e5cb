package visits

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"github.com/mileusna/useragent"
)

// Visitors tells the hits of one visitor and day from those of others, without
// saying who that is: HMAC-SHA-256 of address and browser with a random salt,
// which is in memory only and destroyed when the day (UTC) ends or the program
// does. Nobody can find the address from it afterwards, and the same visitor is
// another one tomorrow.
type Visitors struct {
	now func() time.Time

	mu   sync.Mutex
	salt [32]byte
	day  int64 // of the salt, since 1970; 0 for none
	end  *time.Timer
}

// NewVisitors returns visitors of whom nobody is known.
func NewVisitors() *Visitors { return &Visitors{now: time.Now} }

// Session is the visitor of an address with a browser, today.
func (v *Visitors) Session(address, userAgent string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now().UTC()
	if day := now.Unix() / 86400; day != v.day {
		rand.Read(v.salt[:])
		v.day = day
		if v.end != nil {
			v.end.Stop()
		}
		// Also if nobody comes after midnight.
		v.end = time.AfterFunc(time.Unix((day+1)*86400, 0).Sub(now), v.forget)
	}
	mac := hmac.New(sha256.New, v.salt[:])
	mac.Write([]byte(address + "\x00" + userAgent))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// forget destroys the salt.
func (v *Visitors) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.day = 0
	clear(v.salt[:])
}

// Bot is what a hit says of one who is no person: GoatCounter leaves the numbers
// from 150 on to those who send hits.
const Bot = 150

// textBrowsers are programs by which people read that do not call themselves
// Mozilla.
var textBrowsers = []string{"Lynx/", "Links ", "ELinks/", "w3m/", "Opera/", "Dillo/", "NetSurf/"}

// IsBot reports whether a browser's name is that of a robot, by the list of
// mileusna/useragent; programs that load pages (curl, libraries) are told by
// what every browser has called itself since 1995.
func IsBot(userAgent string) bool {
	if userAgent == "" || useragent.Parse(userAgent).Bot {
		return true
	}
	if strings.HasPrefix(userAgent, "Mozilla/") {
		return false
	}
	for _, name := range textBrowsers {
		if strings.HasPrefix(userAgent, name) {
			return false
		}
	}
	return true
}
