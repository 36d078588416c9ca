package shapes

import (
	"net/url"

	"github.com/awaitop/awaitop/lro"
)

// Query returns the query of a List as the service takes it. Services refuse parameters that they do
// not know, so a page size has the service's own name, or is left out where the service has none. It
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
			name = s.pageSize
		case name == "returnPartialSuccess", name == "pageToken" && s.pageSize == "":
			name = ""
		}
		if name != "" {
			own[name] = values
		}
	}
	return own, true
}

// rename gives an operation of a standard shape the name of its Ref, where the reply has another one.
func (s Shape) rename(op lro.Operation, err error, name string) (lro.Operation, error) {
	if err == nil && s.renames {
		op.Name = name
	}
	return op, err
}
