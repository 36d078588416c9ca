package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CheckBeginning reports, as an [*Error], that no id of a start method begins with these whole segments.
// "spanner.projects.instances" is a beginning, "spanner.projects.inst" is none, and an id is a
// beginning of itself.
func CheckBeginning(segments string) error { return the().checkBeginning(segments) }

func (x *index) checkBeginning(segments string) error {
	among, err := x.versions(segments, "", segments)
	if lacking, ok := errors.AsType[*Error](err); ok && lacking.Field == "method" { // it begins otherwise
		lacking.Want = "begin with that"
	}
	if err != nil {
		return err
	}
	known := beginnings(idsOf(among))
	if slices.Contains(known, segments) {
		return nil
	}
	e := &Error{Field: "method", Value: segments, Problem: fmt.Sprintf("begins no id of the catalog (%s)", x.origin)}
	if len(known) == 0 { // its operations are started otherwise, such as by a client
		e.Want = fmt.Sprintf("%s has no method that starts an operation", among[0].Name)
	} else if near := nearest(segments, known, max(2, len(segments)/12)); near != "" {
		e.Want = fmt.Sprintf("did you mean %q?", near)
	} else {
		e.Want = longestKnown(segments, known)
	}
	return e
}

// beginnings are the ids, and what they begin with, up to a dot.
func beginnings(ids []string) []string {
	var all []string
	for _, id := range ids {
		for at, char := range id {
			if char == '.' {
				all = append(all, id[:at])
			}
		}
		all = append(all, id)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// longestKnown tells what may follow the longest part of the segments that is a beginning.
func longestKnown(segments string, known []string) string {
	begun := segments
	for !slices.Contains(known, begun) {
		begun = begun[:strings.LastIndexByte(begun, '.')] // the first segment is known
	}
	var next []string
	for _, beginning := range known {
		if rest, below := strings.CutPrefix(beginning, begun+"."); below && !strings.Contains(rest, ".") {
			next = append(next, rest)
		}
	}
	if len(next) == 0 {
		return fmt.Sprintf("%q is a whole id", begun)
	}
	return fmt.Sprintf("after %q comes one of %s", begun, strings.Join(next, ", "))
}
