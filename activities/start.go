package activities

import (
	"encoding/json"
	"regexp"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// MaxClockSkew is how far the clocks of Temporal's server and of the cloud may differ. Where times of
// both are compared, a resource made that much before [StartInput.Since] still counts as made since.
const MaxClockSkew = time.Minute

// UndoSuffix makes a key: appended to the id of an operation, it is the key of the operation that takes it back. By
// that, a later run of the workflow knows that it was taken back.
const UndoSuffix = "_undo"

// StartInput is the input of a starter: an activity that starts an operation, or adopts the one that
// was started for the same key. Package starters makes starters of any service. Package
// activities/spanner has those of Cloud Spanner.
type StartInput struct {
	// Target is the name of the resource that the operation makes or changes,
	// such as "projects/p/instances/i".
	Target string `json:"target"`
	// Key marks the operation as the caller's: a letter, then at most 50 letters, digits and underscores,
	// in lower case. It is the same in each retry and reset of activity and workflow.
	Key string `json:"key"`
	// Since is when the caller's workflow began. Anything older is not the caller's. Required.
	Since time.Time `json:"since"`
	// Request is the body of the method's request in the API's JSON, without the fields that Target and
	// Key say.
	Request json.RawMessage `json:"request,omitempty"`
	// AdoptOnly makes the starter look for an operation that was started, and start none.
	AdoptOnly bool `json:"adoptOnly,omitempty"`
	// Known is what was there before the first call that may have started the operation, as the last
	// attempt's StartAgain or heartbeat says. Anything newer is the caller's. nil if no call was made.
	Known *Known `json:"known,omitempty"`
	// Attempt counts the attempts at one start, from 1. The delay after a quota
	// error grows with it.
	Attempt int `json:"attempt,omitempty"`
	// Retried says that an earlier run of the caller's workflow may have started the operation. A
	// resource or operation that is not older than Since may then be the caller's.
	Retried bool `json:"retried,omitempty"`
	// Insist makes an AdoptOnly retry each refusal of the service, as the activity's retry policy says.
	// It is for an undo, which waits until an operator mends the reason.
	Insist bool `json:"insist,omitempty"`
	// Deadline ends an AdoptOnly: if the next attempt would begin after it, the failure is final. Zero
	// for never. [Activities.Retry] decides.
	Deadline time.Time `json:"deadline,omitzero"`

	unknown, invalid error
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

// StartAgain says that the operation could not be started yet, and that the start is to be tried again.
// It is a result and not an error, so that Known is in the workflow's history. A start that is canceled
// between two attempts would lose a heartbeat.
type StartAgain struct {
	// After is how long to wait before. 0 leaves it to the caller.
	After lro.Duration `json:"after,omitzero"`
	// Known is for the next attempt. If it is nil, nothing was started.
	Known *Known `json:"known,omitempty"`
	// Error is the reason.
	Error *lro.Status `json:"error,omitempty"`
}

// StartOutput is the operation that a starter found or started.
type StartOutput struct {
	// Found is false if AdoptOnly found nothing, or the start is to be tried Again. The other fields are
	// zero then.
	Found bool `json:"found"`
	// Ref names the operation. It is zero if the record of the operation is gone and only its result was
	// found.
	Ref lro.Ref `json:"ref,omitzero"`
	// Operation is the operation as it was started or found.
	Operation lro.Operation `json:"operation"`
	// Adopted is true if the operation was started before: by an attempt whose reply was lost, or by an
	// earlier run of the workflow.
	Adopted bool `json:"adopted,omitempty"`
	// Again says that nothing was found or started yet. nil otherwise.
	Again *StartAgain `json:"again,omitempty"`

	told bool // whether Found was there, read from JSON
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *StartInput) UnmarshalJSON(raw []byte) error {
	type plain StartInput
	in.unknown, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

var startKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`)

// Validate reports the first invalid field as an [*lro.InvalidError]. A starter fails with [NewError] of
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
	return lro.ValidateName("target", in.Target)
}

// The ApplicationError types, each followed by a dot and a code, of requests about
// a resource that failed. Their details hold one lro.Status.
const (
	RemoveFailedType = "RemoveFailed"
	ReadFailedType   = "ReadFailed"
)

// RemoveInput is the input of an activity that deletes a resource, as an undo does. If the resource is
// not there, or not the caller's, the activity does nothing and succeeds.
type RemoveInput struct {
	// Target is the resource's name.
	Target string `json:"target"`
	// Key limits the delete of a resource with labels to one that a starter made for that key. "" sets no
	// limit.
	Key string `json:"key,omitempty"`
	// Since and Until limit the delete of a resource without labels to one that was made between them,
	// give or take [MaxClockSkew]. Zero sets no limit.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Operation is the name of the operation that may have made the resource. A resource without labels
	// is not deleted if another operation made it. "" for any.
	Operation string `json:"operation,omitempty"`
	// CreateTime limits the delete to a resource that was made then, whatever Key and Since say: a
	// resource that was made later is another. It has no effect if the resource does not say when it was
	// made. Zero sets no limit.
	CreateTime time.Time `json:"createTime,omitzero"`
	// Deadline ends the delete: if the next attempt would begin after it, the failure is final. Zero for
	// never. [Activities.Retry] decides.
	Deadline time.Time `json:"deadline,omitzero"`

	unknown, invalid error
}

// RemoveOutput says what became of the resource.
type RemoveOutput struct {
	Result RemoveResult `json:"result"`
}

// RemoveResult is what became of the resource.
type RemoveResult string

// The results of a delete.
const (
	// RemoveDeleted: the resource was there, and was deleted.
	RemoveDeleted RemoveResult = "deleted"
	// RemoveAbsent: the resource was not there.
	RemoveAbsent RemoveResult = "absent"
	// RemoveNotOurs: the resource is there, and somebody else's.
	RemoveNotOurs RemoveResult = "notOurs"
	// RemoveUnknown: the resource is there, and nothing tells whose it is.
	RemoveUnknown RemoveResult = "unknown"
)

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *RemoveInput) UnmarshalJSON(raw []byte) error {
	type plain RemoveInput
	in.unknown, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError], and a field that this release does
// not have, as [StartInput.Validate] does.
func (in RemoveInput) Validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case in.unknown != nil:
		return in.unknown
	case in.Key != "" && !startKey.MatchString(in.Key):
		return &lro.InvalidError{Field: "key", Value: in.Key, Want: "the key it was made with, or none"}
	}
	return lro.ValidateName("target", in.Target)
}

// ResourceInput names a resource to be read.
type ResourceInput struct {
	// Name is the resource's name, such as "projects/p/instances/i".
	Name string `json:"name"`

	invalid error
}

// ResourceOutput is a resource as the service returned it.
type ResourceOutput struct {
	// Found is false if there is no resource of that name.
	Found bool `json:"found"`
	// Resource is the resource in the API's JSON.
	Resource json.RawMessage `json:"resource,omitempty"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *ResourceInput) UnmarshalJSON(raw []byte) error {
	type plain ResourceInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (in ResourceInput) Validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	return lro.ValidateName("name", in.Name)
}
