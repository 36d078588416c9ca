package undos

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Record says what an activity undoes. The workflow passes it in the activity's input, and the activity
// heartbeats it, so that a describe of the workflow tells what is stuck.
type Record struct {
	// Step is the name of the step, or the resource of a compensation. At most 256 bytes of it in JSON.
	Step string `json:"step"`
	// Resource is what is left if the undo fails. At most 512 bytes of it in JSON.
	Resource string `json:"resource,omitempty"`
	// StartTime is when the undo began. Deadline is when its window is over.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
}

// Heartbeat is the heartbeat of an activity that tells no more than what it undoes.
type Heartbeat struct {
	Undo *Record `json:"undo,omitempty"`
	// Deleting is the delete that the activity has sent, or has found under way, nil for none.
	Deleting *Deleting `json:"deleting,omitempty"`
}

// Deleting says that the resource was the caller's, and that a delete of it is under way. If a later attempt
// finds the resource gone, it was deleted.
type Deleting struct {
	// Operation is the name of the delete's operation, "" if it is not known.
	Operation string `json:"operation,omitempty"`
}

// NewDeleting returns the record of a delete. It leaves out an operation's name of more than 1 KiB, so that a
// heartbeat stays small.
func NewDeleting(operation string) *Deleting {
	if size(operation) > maxOperation {
		operation = ""
	}
	return &Deleting{Operation: operation}
}

// Sizes of names in a record, in bytes of JSON, so that a heartbeat stays small.
const (
	maxStep      = 256
	maxResource  = 512
	maxOperation = 1 << 10
)

// New returns the record of an undo. It shortens a long name: a step's at its end, a resource's at its front,
// whose end tells most. It replaces bytes that are not UTF-8.
func New(step, resource string, start, deadline time.Time) *Record {
	step, resource = strings.ToValidUTF8(step, "\uFFFD"), strings.ToValidUTF8(resource, "\uFFFD")
	if size(step) > maxStep {
		step = head(step, maxStep-len("...")) + "..."
	}
	if size(resource) > maxResource {
		resource = "..." + tail(resource, maxResource-len("..."))
	}
	return &Record{Step: step, Resource: resource, StartTime: start, Deadline: deadline}
}

// head is the beginning of a text that takes n bytes of JSON at most.
func head(text string, n int) string {
	for at, r := range text {
		if n -= sizeOf(r); n < 0 {
			return text[:at]
		}
	}
	return text
}

// tail is the end of a text that takes n bytes of JSON at most.
func tail(text string, n int) string {
	at := len(text)
	for at > 0 {
		r, length := utf8.DecodeLastRuneInString(text[:at])
		if n -= sizeOf(r); n < 0 {
			break
		}
		at -= length
	}
	return text[at:]
}

// size is the size of a text in JSON, without its quotes.
func size(text string) (n int) {
	for _, r := range text {
		n += sizeOf(r)
	}
	return n
}

// sizeOf is the size of a character in JSON, as Go encodes it. A control character with a short form counts as one
// without.
func sizeOf(r rune) int {
	switch {
	case r == '"', r == '\\':
		return 2
	case r < ' ', strings.ContainsRune("<>&\u2028\u2029", r):
		return len(`\u0000`)
	default:
		return utf8.RuneLen(r)
	}
}

// ErrRunning says that the operation of a delete is under way. It is the Cause of an error after which the
// undo is tried again, and no failure of the undo.
var ErrRunning = errors.New("the delete is under way")
