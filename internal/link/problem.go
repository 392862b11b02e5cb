package link

// Problem is one part of a link that could not be read.
type Problem struct {
	Key  string `json:"key"` // "z", "d", …; "v" for a newer version
	Text string `json:"text"`
	// Reload asks for the button of the newer-version message.
	Reload bool `json:"reload,omitempty"`
}

// Damaged words a part of a link that could not be read, and what takes its
// place.
func Damaged(part, fallback string) string {
	return "Part of this link could not be read (" + part + "). Using " + fallback + "."
}
