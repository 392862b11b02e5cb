package mp

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret holds the API key. Whatever prints, logs or encodes it writes
// "[redacted]"; only this package can read it. The zero Secret is no key.
type Secret struct{ text string }

// NewSecret wraps a key.
func NewSecret(text string) Secret { return Secret{text} }

// Set reports whether there is a key.
func (s Secret) Set() bool { return s.text != "" }

// String returns "[redacted]", or "" without a key.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return redacted
}

// Format writes what String returns, for every verb: %v, %+v, %#v and %x too.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns what String returns; JSON uses it as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
