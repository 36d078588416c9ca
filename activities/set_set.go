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

// In is the common beginning of all names, as in [SetPart]. It is "" if there is none, or if its JSON
// has more bytes than limit.
func (s Set) In(limit int) string {
	if len(s) != 1 || lro.EncodedSize(s[0].In) > limit {
		return ""
	}
	return s[0].In
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
