package activities

import (
	"fmt"
	"path"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// MaxSetSize is the most operations that one PollOperations, CancelOperations or ReadOperations
// takes. Their results and heartbeats have room for as many.
const MaxSetSize = 5000

// Set names operations, factored by the beginnings of their names. An operation's index in a set
// counts through its parts.
type Set []SetPart

// SetPart are operations whose names begin alike.
type SetPart struct {
	// In is the text of a Ref up to where the names differ, without a trailing slash: a collection,
	// or the parent of one of Spanner's aggregates.
	In string `json:"in"`
	// Names are the rest of each name, such as "databases/d/operations/o".
	Names []string `json:"names"`
}

// NewSet returns the refs as a set, grouped by the Lists that can answer for them, and the index in
// refs of each of the set's operations.
func NewSet(refs []lro.Ref) (set Set, order []int) {
	parts := map[string]int{} // by In
	indexes := [][]int{}
	for i, ref := range refs {
		in, name := split(ref)
		at, known := parts[in]
		if !known {
			at = len(set)
			parts[in] = at
			set, indexes = append(set, SetPart{In: in}), append(indexes, nil)
		}
		set[at].Names = append(set[at].Names, name)
		indexes[at] = append(indexes[at], i)
	}
	for _, part := range indexes {
		order = append(order, part...)
	}
	return set, order
}

func split(ref lro.Ref) (in, name string) {
	shared := ref.Collection().Name
	if aggregate := ref.Aggregate(); !aggregate.IsZero() {
		shared = path.Dir(aggregate.Name)
	}
	if shared == "" {
		return "//" + ref.Service, ref.Name
	}
	return "//" + ref.Service + "/" + shared, ref.Name[len(shared)+1:]
}

// Len returns how many operations there are.
func (s Set) Len() int {
	n := 0
	for _, part := range s {
		n += len(part.Names)
	}
	return n
}

// Refs returns the Refs by index, or the first invalid one as an
// [*lro.InvalidError].
func (s Set) Refs() ([]lro.Ref, error) {
	if n := s.Len(); n == 0 || n > MaxSetSize {
		return nil, &lro.InvalidError{Field: "operations", Value: fmt.Sprintf("%d operations", n), Want: fmt.Sprintf("1 to %d", MaxSetSize)}
	}
	refs := make([]lro.Ref, 0, s.Len())
	for i, part := range s {
		service, shared, _ := strings.Cut(strings.TrimPrefix(part.In, "//"), "/")
		for j, rest := range part.Names {
			name := rest
			if shared != "" {
				name = shared + "/" + rest
			}
			ref := lro.Ref{Service: service, Name: name}
			invalid := lro.InvalidError{Field: fmt.Sprintf("operations[%d].names[%d]", i, j), Value: part.In + "/" + rest, Want: "the rest of a Ref that begins with in"}
			if err := ref.Validate(); err != nil {
				invalid.Problem = "is refused as " + err.Error()
				return nil, &invalid
			}
			if !strings.HasPrefix(part.In, "//") {
				return nil, &invalid
			}
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// SetStates are the states of a set's operations, a letter each.
type SetStates string

// The letters of [SetStates].
const (
	SetRunning   = 'r'
	SetSucceeded = 's'
	SetFailed    = 'f'
	SetCanceled  = 'c'
	// SetUnknown: the state could not be read. SetFailure has the reason.
	SetUnknown = 'x'
)

// State returns the state of an operation. It is running for one that could not be read.
func (s SetStates) State(index int) lro.State {
	switch s[index] {
	case SetSucceeded:
		return lro.StateSucceeded
	case SetFailed:
		return lro.StateFailed
	case SetCanceled:
		return lro.StateCanceled
	default:
		return lro.StateRunning
	}
}

func letterOf(state lro.State) byte {
	switch state {
	case lro.StateSucceeded:
		return SetSucceeded
	case lro.StateFailed:
		return SetFailed
	case lro.StateCanceled:
		return SetCanceled
	default:
		return SetRunning
	}
}

// SetFailure says why an operation of a set failed, or could not be read.
type SetFailure struct {
	Index int `json:"index"`
	// Type is lro.TypeOperationFailed or, for an operation that could not be read,
	// lro.TypePollFailed, lro.TypeOperationGone or lro.TypeProtocolError.
	Type lro.FailureType `json:"type"`
	// Status is the operation's error, or why it could not be read. In a set with many failures it
	// loses its details, then its message.
	Status *lro.Status `json:"status,omitempty"`
}

const (
	// maxFailuresSize bounds the failures of one result, in bytes of JSON: half of a payload.
	maxFailuresSize = lro.MaxEncodedSize / 2
	// tersePart of it is kept for failures that have lost their details.
	tersePart = maxFailuresSize / 2
	// terseMessage bounds their messages, in bytes.
	terseMessage = 100
)

// boundFailures makes failures fit a result.
func boundFailures(failures []SetFailure) []SetFailure {
	size := 0
	for i, f := range failures {
		if f.Status == nil {
			continue
		}
		bounded := f.Status.Bound()
		if size+lro.EncodedSize(bounded) > tersePart {
			bounded = &lro.Status{Code: f.Status.Code, Message: strings.ToValidUTF8(f.Status.Message[:min(len(f.Status.Message), terseMessage)], "")}
		}
		if size+lro.EncodedSize(bounded) > maxFailuresSize {
			bounded = &lro.Status{Code: f.Status.Code}
		}
		size += lro.EncodedSize(bounded)
		failures[i].Status = bounded
	}
	return failures
}
