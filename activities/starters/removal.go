package starters

import (
	"time"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// The ApplicationError types of a failed request about a resource, each followed by a dot and a code.
// Their details hold one lro.Status.
const (
	RemoveFailedType = "RemoveFailed"
	ReadFailedType   = "ReadFailed"
)

// RemoveInput is the input of an activity that deletes a resource, as an undo does. If the resource is
// not there, or not the caller's, the activity does nothing and succeeds.
type RemoveInput struct {
	// Target is the resource's name.
	Target string `json:"target"`
	// Method is the API's method that made the resource, for a remover of many kinds of resources. A
	// remover of one kind ignores it.
	Method string `json:"method,omitempty"`
	// Force deletes the resource with all that it holds, if the API's delete can do that. A remover of
	// one kind ignores it.
	Force bool `json:"force,omitempty"`
	// Key limits the delete of a resource with labels to one that a starter made for that key. "" sets no
	// limit.
	Key string `json:"key,omitempty"`
	// Since and Until limit the delete of a resource without labels to one that was made between them,
	// give or take a minute. Zero sets no limit.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Operation is the name of the operation that may have made the resource. Without Since it has
	// succeeded: unless the resource bears the Key, the delete reads the operation for its response's
	// createTime, which then counts as CreateTime. A resource without labels is not deleted if another
	// operation made it. "" for any.
	Operation string `json:"operation,omitempty"`
	// CreateTime limits the delete to a resource that was made then, whatever Key and Since say: a
	// resource that was made later is another. It has no effect if the resource does not say when it was
	// made. Zero sets no limit.
	CreateTime time.Time `json:"createTime,omitzero"`
	// Succeeded is when the operation has succeeded, by Temporal's clock. If the resource is not there less
	// than a minute after it, the attempt fails, and the next one looks again, because reads may lag. Zero if
	// the operation has not succeeded, and if the resource may be absent.
	Succeeded time.Time `json:"succeeded,omitzero"`
	// Deadline ends the delete: if the next attempt would begin after it, the failure is final. Zero for
	// never. [activities.Activities.Retry] decides.
	Deadline time.Time `json:"deadline,omitzero"`
	// Undo says which step is undone, nil for none. The activity heartbeats it in an [undos.Heartbeat], which
	// a describe of the workflow shows. It changes nothing else.
	Undo *undos.Record `json:"undo,omitempty"`

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

// UnmarshalJSON never fails, see [StartInput.UnmarshalJSON].
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
	return lro.ValidateTarget("target", in.Target)
}

// Validate reports why out is not a result of an activity that deletes a resource.
func (out RemoveOutput) Validate() error {
	switch out.Result {
	case RemoveDeleted, RemoveAbsent, RemoveNotOurs, RemoveUnknown:
		return nil
	default:
		return &lro.InvalidError{Field: "result.result", Value: string(out.Result), Want: "one of deleted, absent, notOurs, unknown"}
	}
}
