package sets

import (
	"fmt"
	"path"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// MaxSize is the most operations that one PollOperations, CancelOperations or ReadOperations
// takes. Their results and heartbeats have room for as many.
const MaxSize = 5000

// Set names operations, factored by the beginnings of their names. An operation's index in a set
// counts through its parts.
type Set []Part

// Part are operations whose names begin alike.
type Part struct {
	// In is the text of a Ref up to where the names differ, without a trailing slash: a collection,
	// or the parent of one of Spanner's aggregates.
	In string `json:"in"`
	// Names are the rest of each name, such as "databases/d/operations/o".
	Names []string `json:"names"`
}

// New returns the refs as a set, grouped by the Lists that can answer for them, and the index in
// refs of each of the set's operations.
func New(refs []lro.Ref) (set Set, order []int) {
	parts := map[string]int{} // by In
	indexes := [][]int{}
	for i, ref := range refs {
		in, name := split(ref)
		at, ok := parts[in]
		if !ok {
			at = len(set)
			parts[in] = at
			set, indexes = append(set, Part{In: in}), append(indexes, nil)
		}
		set[at].Names = append(set[at].Names, name)
		indexes[at] = append(indexes[at], i)
	}
	for _, part := range indexes {
		order = append(order, part...)
	}
	return set, order
}

// split cuts a Ref's text into what a List's collection, or its parent, has in common, and the rest.
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

// In is the common beginning of all names, as in [Part]. It is "" if there is none, or if its JSON
// has more bytes than limit.
func (s Set) In(limit int) string {
	if len(s) != 1 || lro.EncodedSize(s[0].In) > limit {
		return ""
	}
	return s[0].In
}

// Refs returns the Refs by index, or the first invalid one as an [*lro.InvalidError].
func (s Set) Refs() ([]lro.Ref, error) {
	if n := s.Len(); n == 0 || n > MaxSize {
		return nil, &lro.InvalidError{Field: "operations", Value: fmt.Sprintf("%d operations", n), Want: fmt.Sprintf("1 to %d", MaxSize)}
	}
	refs := make([]lro.Ref, 0, s.Len())
	for i, part := range s {
		for j, rest := range part.Names {
			ref, problem := part.ref(rest)
			if problem != "" {
				return nil, &lro.InvalidError{
					Field: fmt.Sprintf("operations[%d].names[%d]", i, j), Value: part.In + "/" + rest,
					Want: "the rest of a Ref that begins with in", Problem: problem,
				}
			}
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// ref returns the Ref of a name of the part, or why there is none.
func (p Part) ref(rest string) (ref lro.Ref, problem string) {
	text, ok := strings.CutPrefix(p.In, "//")
	if !ok {
		return lro.Ref{}, "does not begin with //"
	}
	service, shared, _ := strings.Cut(text, "/")
	ref = lro.Ref{Service: service, Name: rest}
	if shared != "" {
		ref.Name = shared + "/" + rest
	}
	if err := ref.Validate(); err != nil {
		return lro.Ref{}, "is refused as " + err.Error()
	}
	return ref, ""
}
