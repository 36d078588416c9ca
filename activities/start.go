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
	// Survey says what there is, in StartOutput.Known, and starts and adopts
	// nothing. For targets that cannot bear the Key: what is there before the
	// start is not the caller's.
	Survey bool `json:"survey,omitempty"`
	// Known is what a Survey found before the start. Without it, AdoptOnly
	// adopts only what bears the Key.
	Known *Known `json:"known,omitempty"`
	// Retried says that an earlier run of the caller's workflow may have started
	// the operation: then what is there may be the caller's, if it is not older
	// than Since.
	Retried bool `json:"retried,omitempty"`
	// Insist has each refusal of the service retried, as the activity's retry
	// policy says: for an undo, which waits for what somebody has to mend.
	Insist bool `json:"insist,omitempty"`

	invalid error
}

// Known is what there was of a target before a start.
type Known struct {
	// Exists says that the resource was there.
	Exists bool `json:"exists,omitempty"`
	// Operations are the ids of the method's operations on it, the newest first,
	// 100 at most.
	Operations []string `json:"operations,omitempty"`
}

// StartOutput is what a starter found or started.
type StartOutput struct {
	// Found is false if AdoptOnly found nothing. All else is zero then.
	Found bool `json:"found"`
	// Ref names the operation. It is zero if only its result was found: the
	// record of the operation is gone.
	Ref lro.Ref `json:"ref,omitzero"`
	// Operation is the operation as it was started or found.
	Operation lro.Operation `json:"operation"`
	// Adopted is true if it had been started before: by an attempt whose reply
	// was lost, or an earlier run of the workflow.
	Adopted bool `json:"adopted,omitempty"`
	// Known is what a Survey found, nil otherwise.
	Known *Known `json:"known,omitempty"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *StartInput) UnmarshalJSON(raw []byte) error {
	type plain StartInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

var startKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`)

// Validate reports the first invalid field as an [*lro.InvalidError]. Starters
// call it.
func (in StartInput) Validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
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
	// CreateTime, where set, has a resource that says when it was made deleted
	// only if it was then, whatever Key and Since say: one made later is
	// another.
	CreateTime time.Time `json:"createTime,omitzero"`

	invalid error
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
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (in RemoveInput) Validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
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
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (in ResourceInput) Validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	return lro.ValidateName("name", in.Name)
}
