package lro

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// encodedSlash stands for a slash inside of one segment, as in IAM's names of policies. A server or
// proxy that decodes it sees other segments, so it is allowed only if a pattern of the catalog has it.
const encodedSlash = "%2F"

// operationNameProblem says why name does not name an operation of the service, "" if it does.
//
// The services of package catalog have the names listed there and no others. A name that merely
// looks like an operation's may be a resource's, such as that of a Firestore document in a
// collection called "operations". For another service the first segment or the last but one is
// "operations". That holds for 596 of the 611 names that Google's discovery documents give a
// pattern for.
func operationNameProblem(service, name string) string {
	patterns, known := patternsOf(service)
	switch {
	case known && slices.ContainsFunc(patterns, func(p string) bool { return catalog.Match(p, name) }):
		return ""
	case !known && looksLikeOperation(name):
		return ""
	default:
		return "names no operation of " + service
	}
}

// wantedName is the form of an operation's name that is nearest to name.
func wantedName(service, name string) string {
	if below := name + "/operations/OPERATION"; operationNameProblem(service, below) == "" {
		return "an operation's name, such as " + below
	}
	if patterns, known := patternsOf(service); known {
		return "an operation's name, such as " + slices.MaxFunc(patterns, func(a, b string) int {
			return cmp.Or(cmp.Compare(commonSegments(a, name), commonSegments(b, name)), cmp.Compare(len(b), len(a)))
		})
	}
	return "an operation's name, such as projects/p/operations/o"
}

// commonSegments counts the segments that a pattern and a name have in common at their beginning.
func commonSegments(pattern, name string) int {
	segments := strings.Split(name, "/")
	common := 0
	for i, want := range strings.Split(pattern, "/") {
		if i >= len(segments) || !catalog.MatchSegment(want, segments[i]) {
			break
		}
		common++
	}
	return common
}

// patternsOf returns the forms of the names of a service's operations, and whether they are known.
func patternsOf(host string) ([]string, bool) {
	_, patterns, known := catalog.Patterns(host)
	return patterns, known
}

// looksLikeOperation is the rule for services whose patterns are not known.
func looksLikeOperation(name string) bool {
	if strings.Contains(name, "%") {
		return false
	}
	i := strings.LastIndexByte(name, '/')
	hasID := i >= 0 && i < len(name)-1
	return hasID && (strings.HasPrefix(name, "operations/") || strings.HasSuffix(name[:i], "/operations"))
}

// validateOperationName reports a name that does not name an operation of the service as an
// [*InvalidError] for the field.
func validateOperationName(field, service, name string) error {
	if problem := nameProblem(name, true); problem != "" {
		return &InvalidError{Field: field, Value: name, Want: wantedName(service, name), Problem: problem}
	}
	if i := strings.IndexFunc(name, func(c rune) bool { return c > '~' }); i >= 0 {
		return &InvalidError{Field: field, Value: name, Want: "a name in ASCII", Problem: fmt.Sprintf("has the character %q, which a gRPC header cannot carry", []rune(name[i:])[0])}
	}
	if problem := operationNameProblem(service, name); problem != "" {
		return &InvalidError{Field: field, Value: name, Want: wantedName(service, name), Problem: problem}
	}
	return nil
}
