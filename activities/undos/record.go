package undos

import (
	"errors"
	"strings"
	"time"
)

// Record says what an activity undoes. The workflow passes it in the activity's input, and the activity
// heartbeats it, so that a describe of the workflow tells what is stuck.
type Record struct {
	// Step is the name of the step, or the resource of a compensation. At most 256 bytes of it.
	Step string `json:"step"`
	// Resource is what is left if the undo fails. At most 512 bytes of it.
	Resource string `json:"resource,omitempty"`
	// StartTime is when the undo began. Deadline is when its window is over.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
}

// Heartbeat is the heartbeat of an activity that tells no more than what it undoes.
type Heartbeat struct {
	Undo *Record `json:"undo,omitempty"`
}

// Sizes of names in a record, in bytes, so that a heartbeat stays small.
const (
	maxStep     = 256
	maxResource = 512
)

// New returns the record of an undo. It shortens a long name: a step's at its end, a resource's at its front,
// whose end tells most.
func New(step, resource string, start, deadline time.Time) *Record {
	if len(step) > maxStep {
		step = strings.ToValidUTF8(step[:maxStep-len("...")], "") + "..."
	}
	if len(resource) > maxResource {
		resource = "..." + strings.ToValidUTF8(resource[len(resource)-maxResource+len("..."):], "")
	}
	return &Record{Step: step, Resource: resource, StartTime: start, Deadline: deadline}
}

// ErrRunning says that the operation of a delete is under way. It is the Cause of an error after which the
// undo is tried again, and no failure of the undo.
var ErrRunning = errors.New("the delete is under way")
