package google

import (
	"strings"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// claimed tells whose an operation is that a caller claims: by its metadata and its name as [method.seen] does, else by
// the resource in its response.
func (a *Activities) claimed(in want, op lro.Operation) starters.Owner {
	m, metadata := in.Request.method, fieldsOf(op.Metadata)
	switch {
	case !m.isVerb(verbOf(metadata)) || m.isOtherType(metadata):
		return starters.Others
	case isBelow(op.Name, in.Target):
		return starters.Others
	case m.isAbout(op, metadata, in.Target):
		if m.ownerOf(metadata, in.Key, in.Request.mark(in.Key)) == starters.Others {
			return starters.Others
		}
		return starters.Ours
	case namesResource(metadata):
		return starters.Others
	}
	owner := m.ownerByResponse(op, in.Target)
	if owner == starters.Unmarked && m.isElsewhere(op.Name, in.Target) {
		return starters.Others
	}
	return owner
}

// isElsewhere reports whether an operation's name is of another collection than that of the target's operations.
func (m method) isElsewhere(name, target string) bool {
	at := strings.LastIndex(name, "/operations/")
	collection, in := m.collection(target)
	return at >= 0 && in != nil && !sameResource(name[:at+len("/operations")], collection.Name)
}

// isBelow reports whether an operation's name is that of one on something in the target.
func isBelow(name, target string) bool {
	rest, ok := strings.CutPrefix(name, target+"/")
	return ok && !strings.HasPrefix(rest, "operations/") && strings.Contains(rest, "/operations/") && !strings.HasPrefix(rest, "locations/")
}

// namesResource reports whether metadata names a resource, in one of the fields for it.
func namesResource(metadata fields) bool {
	for _, field := range targetFields {
		if textOf(metadata[field]) != "" {
			return true
		}
	}
	return false
}

// ownerByResponse is the owner of an operation that has made the resource in its response.
func (m method) ownerByResponse(op lro.Operation, target string) starters.Owner {
	response := fieldsOf(op.Response)
	for _, field := range []string{"name", "selfLink"} {
		switch name := textOf(response[field]); {
		case name == "" || !strings.Contains(name, "/"):
		case sameResource(name, target):
			return starters.Ours
		default:
			return starters.Others
		}
	}
	return starters.Unmarked
}
