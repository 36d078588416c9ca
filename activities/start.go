package activities

import (
	"encoding/json"
	"regexp"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// MaxClockSkew is how far the clocks of Temporal's server and of the cloud may
// differ where times of both are compared: what was made that much before
// [StartInput.Since] still counts as made since.
const MaxClockSkew = time.Minute

// UndoSuffix makes the key of an operation that takes another back out of the
// other's id: so a later run of the workflow knows that it was taken back.
const UndoSuffix = "_undo"

// StartInput is the input of a starter: an activity that starts an operation, or
// adopts the one that was started for the same key. Package activities/spanner
// has those of Cloud Spanner; one for another service takes the same input.
type StartInput struct {
	// Target is the name of the resource that the operation makes or changes,
	// such as "projects/p/instances/i".
	Target string `json:"target"`
	// Key marks what was started as the caller's. It stays the same through
	// retries and resets of activity and workflow. A letter, then at most 50
	// letters, digits and underscores, in lower case.
	Key string `json:"key"`
	// Since is when the caller's workflow began. What is older is not the
	// caller's. Required.
	Since time.Time `json:"since"`
	// Request is the body of the method's request in the API's JSON, without
	// what Target and Key say.
	Request json.RawMessage `json:"request,omitempty"`
	// AdoptOnly looks for an operation that was started, and starts none.
	AdoptOnly bool `json:"adoptOnly,omitempty"`
	// Known is what there was before the first call that may have started the
	// operation, by the last attempt's StartAgain or heartbeat; nil if none has
	// been made. What was not there then is the caller's.
	Known *Known `json:"known,omitempty"`
	// Attempt counts the attempts at one start, from 1. The delay after a quota
	// error grows with it.
	Attempt int `json:"attempt,omitempty"`
	// Retried says that an earlier run of the caller's workflow may have started
	// the operation: then what is there may be the caller's, if it is not older
	// than Since.
	Retried bool `json:"retried,omitempty"`
	// Insist has an AdoptOnly retry each refusal of the service, as the activity's
	// retry policy says: for an undo, which waits for what somebody has to mend.
	Insist bool `json:"insist,omitempty"`
	// Deadline is when an AdoptOnly is given up on: an attempt that fails so late that
	// the next would begin after it is final. Zero for never. [Activities.Retry] reckons it.
	Deadline time.Time `json:"deadline,omitzero"`

	unknown, invalid error
}

// Known is what there was of a target before a call: the caller's intent to make
// it. A starter heartbeats it before the call.
type Known struct {
	// Exists says that the resource was there.
	Exists bool `json:"exists,omitempty"`
	// Operations are the ids of the method's operations on it, the newest first,
	// 100 at most.
	Operations []string `json:"operations,omitempty"`
	// OperationID is the id asked for, where it is the caller's to choose.
	OperationID string `json:"operationId,omitempty"`
	// Taken are ids that answer ALREADY_EXISTS though nothing of them can be read.
	Taken []string `json:"taken,omitempty"`
	// At is when the first attempt that called began, by Temporal's clock.
	At time.Time `json:"at"`
}

// StartAgain says that the operation could not be started yet, and is to be tried
// again. It is a result and not an error, so that what is known by then is in
// the workflow's history: a start that is canceled between two attempts would
// lose a heartbeat.
type StartAgain struct {
	// After is how long to wait first, 0 to leave it to the caller.
	After lro.Duration `json:"after,omitzero"`
	// Known is the next attempt's. If it is nil nothing has been started.
	Known *Known `json:"known,omitempty"`
	// Error is why.
	Error *lro.Status `json:"error,omitempty"`
}

// StartOutput is what a starter found or started.
type StartOutput struct {
	// Found is false if AdoptOnly found nothing, or the start is to be tried Again.
	// All else is zero then.
	Found bool `json:"found"`
	// Ref names the operation. It is zero if only its result was found: the
	// record of the operation is gone.
	Ref lro.Ref `json:"ref,omitzero"`
	// Operation is the operation as it was started or found.
	Operation lro.Operation `json:"operation"`
	// Adopted is true if it had been started before: by an attempt whose reply
	// was lost, or an earlier run of the workflow.
	Adopted bool `json:"adopted,omitempty"`
	// Again says that nothing was found or started yet; nil otherwise.
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

// Validate reports the first invalid field as an [*lro.InvalidError]. Starters
// call it, and fail with [NewError] of lro.Invalid: of a field that this release does not
// have that is retryable, so that a worker of a newer release takes the start. What
// the field guards against would be done otherwise.
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

// RemoveInput is the input of an activity that deletes a resource, as an undo
// does: one that is not there, or not the caller's, is left alone, and no error.
type RemoveInput struct {
	// Target is the resource's name.
	Target string `json:"target"`
	// Key, where set, has a resource with labels deleted only if a starter made
	// it for that key.
	Key string `json:"key,omitempty"`
	// Since and Until, where set, have a resource without labels deleted only if
	// it was made between them, give or take [MaxClockSkew].
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Operation is the name of the operation that may have made the resource. One
	// without labels is not deleted if another operation made it. "" for any.
	Operation string `json:"operation,omitempty"`
	// CreateTime, where set, has a resource that says when it was made deleted
	// only if it was then, whatever Key and Since say: one made later is
	// another.
	CreateTime time.Time `json:"createTime,omitzero"`
	// Deadline is when the delete is given up on: an attempt that fails so late that
	// the next would begin after it is final. Zero for never. [Activities.Retry] reckons it.
	Deadline time.Time `json:"deadline,omitzero"`

	unknown, invalid error
}

// RemoveOutput says what became of the resource.
type RemoveOutput struct {
	Result RemoveResult `json:"result"`
}

// RemoveResult is what a delete found.
type RemoveResult string

// What a delete can find.
const (
	// RemoveDeleted: it was there, and has been deleted.
	RemoveDeleted RemoveResult = "deleted"
	// RemoveAbsent: it was not there.
	RemoveAbsent RemoveResult = "absent"
	// RemoveNotOurs: it is there, and somebody else's.
	RemoveNotOurs RemoveResult = "notOurs"
	// RemoveUnknown: it is there, and nothing tells whose it is.
	RemoveUnknown RemoveResult = "unknown"
)

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *RemoveInput) UnmarshalJSON(raw []byte) error {
	type plain RemoveInput
	in.unknown, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError]. A field that
// this release does not have is one, as in [StartInput.Validate].
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

// ResourceOutput is a resource as it was read.
type ResourceOutput struct {
	// Found is false if there is none of that name.
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
