package cancels

import (
	"slices"
)

// Sent says how far the cancels of one operation have come: the farthest of all tries and all
// attempts. A farther one is larger.
//
// As text it is "", "refused", "failed", "unanswered" or "accepted". A text of another release
// reads as [SentUnanswered].
type Sent byte

// How far cancels have come.
const (
	// SentNone: no cancel has reached the service.
	SentNone Sent = iota
	// SentRefused: a cancel was answered by an error that says that nothing was done.
	SentRefused
	// SentFailed: a cancel was answered by an error that does not say whether anything was done,
	// such as 503.
	SentFailed
	// SentUnanswered: a cancel was about to be sent, and its answer is not known. The service may
	// have accepted it.
	SentUnanswered
	// SentAccepted: the service accepted a cancel.
	SentAccepted
)

var sentTexts = []string{SentNone: "", SentRefused: "refused", SentFailed: "failed", SentUnanswered: "unanswered", SentAccepted: "accepted"}

// String returns the text form.
func (s Sent) String() string { return sentTexts[min(int(s), len(sentTexts)-1)] }

// MarshalText returns the text form.
func (s Sent) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form. It does not fail.
func (s *Sent) UnmarshalText(text []byte) error {
	*s = SentUnanswered
	if at := slices.Index(sentTexts, string(text)); at >= 0 {
		*s = Sent(at)
	}
	return nil
}
