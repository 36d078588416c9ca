package starters

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// LabelKey is the label that marks a resource with the key it was made for.
const LabelKey = "awaitop_key"

// Owner says whose a resource or an operation is, by its mark.
type Owner string

// The owners.
const (
	// Unmarked: nothing marks it. It may be the caller's.
	Unmarked Owner = ""
	// Ours: it bears the caller's key.
	Ours Owner = "ours"
	// Others: it bears another key, or is of another request.
	Others Owner = "others"
)

// OwnerByLabel is the owner of a resource that has its key as the label [LabelKey].
func OwnerByLabel(labels map[string]string, key string) Owner {
	if labels[LabelKey] == key {
		return Ours
	}
	return Others
}

// Seen is the result of Find. The zero value says that there is nothing.
type Seen struct {
	// Target is the resource that the operation makes or changes; nil if it is not there.
	Target *Resource
	// Operations are all of the method's operations on the target: running and ended, the caller's and
	// others'. The newest comes first, see [NewestFirst].
	Operations []Operation
	// OperationID is the id for the next operation if the caller may choose it, otherwise "". Find
	// makes it of [Want.Key]: the key, then what tells the operations of one key apart. It passes over the ids of the operations that it found, and
	// [Want.TakenIDs].
	OperationID string
	// Repeats says that the service still knows the request id of the calls before, so that a further
	// call with it starts nothing twice. After such a call an attempt then calls again, and relies on
	// the answer instead of on what Find sees.
	Repeats bool
}

// Resource is the target as Find reads it.
type Resource struct {
	// Owner says whose it is, by its mark.
	Owner Owner
	// CreateTime is when it was made, by the service's clock. Zero if it does not say.
	CreateTime time.Time
	// Undated says that the service never tells when such a resource was made. A change then counts
	// as one of this resource, even if it was of an earlier one of the same name.
	Undated bool
	// Creating says that it is still being made.
	Creating bool
	// Failed says that it could not be made, or is broken, and is there all the same.
	Failed bool
	// Deleting says that it is being deleted. Deleted says that it was deleted, and that the service
	// keeps what is left of it, with its name.
	Deleting, Deleted bool
	// JSON is the resource in the API's JSON. It becomes the operation's response if the service no
	// longer has the operation that made the resource.
	JSON json.RawMessage
}

// Operation is one of the method's operations on the target.
type Operation struct {
	lro.Operation
	// Owner says whose it is, by its mark. An operation of another request is Others.
	Owner Owner
	// StartTime is when it began, by the service's clock. Zero if it does not say.
	StartTime time.Time
}

// NewestFirst sorts operations by StartTime. Operations without a StartTime come last: first the
// running one, then the others in their order, because Google's services list the newest first.
func NewestFirst(operations []Operation) {
	slices.SortStableFunc(operations, func(a, b Operation) int {
		if c := b.StartTime.Compare(a.StartTime); c != 0 {
			return c
		}
		return running(b) - running(a)
	})
}

// running is 1 for a running operation, else 0.
func running(o Operation) int {
	if o.State() == lro.StateRunning {
		return 1
	}
	return 0
}

// alive reports whether the operation runs or has succeeded. Only such a one is adopted
// from another run of the workflow.
func (o Operation) alive() bool {
	return o.State() == lro.StateRunning || o.State() == lro.StateSucceeded
}

// maxClockSkew is how far the clocks of Temporal's server and of the cloud may differ.
const maxClockSkew = time.Minute

// notOlder reports whether something that began at start is not older than since, give or take
// maxClockSkew. Without a start it counts as not older.
func notOlder(start, since time.Time) bool {
	return start.IsZero() || !start.Before(since.Add(-maxClockSkew))
}

// outlives reports whether the resource is the one that was changed, and not a later one of the same
// name. If the resource has no CreateTime, or an ended change no StartTime, the answer is no.
func (r *Resource) outlives(change Operation) bool {
	if r.Undated || !change.Done {
		return true
	}
	return !change.StartTime.IsZero() && !r.CreateTime.IsZero() && !change.StartTime.Before(r.CreateTime)
}

// madeAt returns the createTime of the resource in the operation's response. Zero if there is none.
func (o Operation) madeAt() time.Time {
	var resource struct {
		CreateTime time.Time `json:"createTime"`
	}
	_ = json.Unmarshal(o.Response, &resource) // another response has no such time
	return resource.CreateTime
}

// excludes reports whether the operation, which makes such a resource, has made another one of the
// same name.
func (r *Resource) excludes(op Operation) bool {
	if r == nil || op.State() != lro.StateSucceeded {
		return r.isOlder(op)
	}
	return r.Creating || r.dated(op) && !r.confirms(op)
}

// isOlder reports whether the resource was there before an operation that runs and that nothing marks, so that the
// operation changes it, although its metadata does not say so.
func (r *Resource) isOlder(op Operation) bool {
	return r != nil && !op.Done && op.Owner == Unmarked && !r.CreateTime.IsZero() && op.StartTime.After(r.CreateTime.Add(maxClockSkew))
}

// confirms reports whether the operation makes the resource: it runs, or its time is the resource's.
func (r *Resource) confirms(op Operation) bool {
	switch made := op.madeAt(); {
	case !op.Done:
		return !r.isOlder(op)
	case !r.dated(op):
		return false
	case !made.IsZero():
		return made.Equal(r.CreateTime)
	default:
		return r.CreateTime.Sub(op.StartTime).Abs() <= maxClockSkew
	}
}

// dated reports whether there are times that tell if the operation has made the resource.
func (r *Resource) dated(op Operation) bool {
	return !r.CreateTime.IsZero() && (!op.StartTime.IsZero() || !op.madeAt().IsZero())
}
