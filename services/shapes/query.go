package shapes

import (
	"net/url"
	"strconv"

	"github.com/awaitop/awaitop/lro"
)

// Query returns the query of a List as the service takes it. Services refuse parameters that they do
// not know, so a page size has the service's own name and bound, or is left out where the service has none. It
// reports false for a filter where the service has none: to leave that out would change the page.
func (s Shape) Query(standard url.Values) (own url.Values, ok bool) {
	if s.standard && s.Name == Standard.Name {
		return standard, true
	}
	own = url.Values{}
	for name, values := range standard {
		switch {
		case name == "filter" && !s.filters:
			return nil, false
		case name == "pageSize":
			name, values = s.pageSize, s.bounded(values)
		case name == "returnPartialSuccess", name == "pageToken" && s.pageSize == "":
			name = ""
		}
		if name != "" {
			own[name] = values
		}
	}
	return own, true
}

// bounded is the size of a page, or the largest that the service takes: it may refuse more.
func (s Shape) bounded(size []string) []string {
	n, err := strconv.Atoi(size[0])
	if err != nil || s.largestPage == 0 || n <= s.largestPage {
		return size
	}
	return []string{strconv.Itoa(s.largestPage)}
}

// rename gives an operation of a standard shape the name of its Ref, where the reply has another one.
func (s Shape) rename(op lro.Operation, err error, name string) (lro.Operation, error) {
	if err == nil && s.renames {
		op.Name = name
	}
	return op, err
}
