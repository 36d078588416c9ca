package main

import "strings"

// exactness is the first thing that tells a method's operation from others', by the document.
func (s start) exactness() int {
	tells := s.metadata
	switch exact := tells.time && tells.resource; {
	case s.place("requestId") != "":
		return 1
	case s.labeled():
		return 2
	case s.ownID() && exact:
		return 3
	case exact:
		return 4
	case s.ownID() && s.aged():
		return 5
	case tells.time, s.aged():
		return 6
	default:
		return 7
	}
}

// ownID reports whether the caller gives the id.
func (s start) ownID() bool { return s.made != nil && s.made.id != idUnknown }

// aged reports whether what the method makes says when it was made.
func (s start) aged() bool {
	if s.made == nil {
		return false
	}
	for _, field := range s.fields() {
		if strings.HasPrefix(field, "creat") {
			return true
		}
	}
	return false
}

// derived reports whether the document tells all that a step of a saga needs: the id, the target, a
// get and a delete.
func (s start) derived() bool {
	return s.kind == creates && s.ownID() && s.made.get != nil && s.made.delete != nil
}
