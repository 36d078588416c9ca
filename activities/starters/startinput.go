package starters

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// UndoSuffix ends the key of an operation that undoes another one, see [UndoKey].
const UndoSuffix = "_undo"

// UndoKey is the key of the nth operation, from 1, that the undo of the operation with the id starts. By
// the first of these keys, a later run of the workflow knows that the operation was undone. The key is
// the id, [UndoSuffix], and n from 2 on. If that is no key, because the id is long or has other
// characters, a hash of the id stands for the id.
func UndoKey(id string, n int) string {
	suffix := UndoSuffix
	if n > 1 {
		suffix += strconv.Itoa(n)
	}
	if startKey.MatchString(id + suffix) {
		return id + suffix
	}
	sum := sha256.Sum256([]byte(id))
	return "awaitop_" + hex.EncodeToString(sum[:16]) + suffix
}

// StartInput is the input of a starter: an activity that starts an operation, or adopts the one that
// was started for the same key. A [Starter] takes it. So does a starter that is written without this
// package, such as one in another language.
type StartInput struct {
	// Target is the name of the resource that the operation makes or changes,
	// such as "projects/p/instances/i".
	Target string `json:"target"`
	// Key marks the operation as the caller's: a letter, then at most 50 letters, digits and underscores,
	// in lower case. It is the same in each retry and reset of activity and workflow.
	Key string `json:"key"`
	// Method is the API's method, for a starter of many methods. A starter of one method ignores it.
	Method string `json:"method,omitempty"`
	// Since is when the caller's workflow began. Anything older is not the caller's. Required.
	Since time.Time `json:"since"`
	// Request is the body of the method's request in the API's JSON, without the fields that Target and
	// Key say.
	Request json.RawMessage `json:"request,omitempty"`
	// AdoptOnly makes the starter look for an operation that was started, and start none.
	AdoptOnly bool `json:"adoptOnly,omitempty"`
	// Removable says that the caller's undo deletes Target by the name that the API's documents tell. A
	// starter of many methods refuses a method whose documents do not tell how.
	Removable bool `json:"removable,omitempty"`
	// Known is what was there before the first call that may have started the operation, as the last
	// attempt's StartAgain or heartbeat says. Anything newer is the caller's. nil if no call was made.
	Known *Known `json:"known,omitempty"`
	// Attempt counts the attempts at one start, from 1. The delay after a quota
	// error grows with it.
	Attempt int `json:"attempt,omitempty"`
	// Retried says that an earlier run of the caller's workflow may have started the operation. A
	// resource or operation that is not older than Since may then be the caller's.
	Retried bool `json:"retried,omitempty"`
	// MarkedOnly limits Retried to what bears the Key: nobody says since when no one else has made the target.
	MarkedOnly bool `json:"markedOnly,omitempty"`
	// Claimed is what an AdoptOnly is to adopt if it is an operation of the Method on the Target. One of another method,
	// target or key is refused. nil to look for the caller's own.
	Claimed *Claimed `json:"claimed,omitempty"`
	// ChangesSince is when the caller's run began, if the run continues another one as new or is a later one
	// of a cron. A change of before is another change, although its key is the same. Zero for other runs: Since
	// and Retried hold for changes, too.
	ChangesSince time.Time `json:"changesSince,omitzero"`
	// ChangesRetried is Retried for a change, where ChangesSince is set: it says that the run was reset.
	ChangesRetried bool `json:"changesRetried,omitempty"`
	// Insist makes an AdoptOnly retry each refusal of the service, as the activity's retry policy says.
	// It is for an undo, which waits until an operator mends the reason.
	Insist bool `json:"insist,omitempty"`
	// Deadline ends an AdoptOnly: if the next attempt would begin after it, the failure is final. Zero
	// for never. [activities.Activities.Retry] decides.
	Deadline time.Time `json:"deadline,omitzero"`
	// Undo says what an AdoptOnly is to undo by what it finds, nil for nothing. It is heartbeated in an
	// [undos.Heartbeat], which a describe of the workflow shows. It changes nothing else.
	Undo *undos.Record `json:"undo,omitempty"`

	unknown, invalid error
}

// UnmarshalJSON never fails: the activity reports what is wrong with raw, as a typed failure.
func (in *StartInput) UnmarshalJSON(raw []byte) error {
	type plain StartInput
	in.unknown, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// ofChange is the input as a method that changes its target reads it.
func (in StartInput) ofChange() StartInput {
	if !in.ChangesSince.IsZero() {
		in.Since, in.Retried = in.ChangesSince, in.ChangesRetried
	}
	return in
}

var startKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`)

// Validate reports the first invalid field as an [*lro.InvalidError]. A starter fails with [activities.NewError] of
// lro.Invalid then. For a field that this release does not have that failure is retryable, so that a
// worker of a newer release takes the start: the field may guard against something.
func (in StartInput) Validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case in.unknown != nil:
		return in.unknown
	case !startKey.MatchString(in.Key):
		return &lro.InvalidError{Field: "key", Value: in.Key, Want: "a letter, then at most 50 letters, digits and underscores, in lower case"}
	case in.Since.IsZero():
		return &lro.InvalidError{Field: "since", Want: "the time the workflow began, in RFC 3339"}
	}
	return lro.ValidateTarget("target", in.Target)
}

// Known is what was there of a target before a call: the intent to make the call. A starter
// heartbeats it before the call.
type Known struct {
	// Exists says that the resource was there.
	Exists bool `json:"exists,omitempty"`
	// Operations are the ids of the method's operations on the target, the newest first, 100 at most.
	Operations []string `json:"operations,omitempty"`
	// OperationID is the id that the call asks for, if the caller may choose it.
	OperationID string `json:"operationId,omitempty"`
	// Taken are ids that answer ALREADY_EXISTS although no operation with them can be read.
	Taken []string `json:"taken,omitempty"`
	// At is when the first attempt that made a call began, by Temporal's clock.
	At time.Time `json:"at"`
}
