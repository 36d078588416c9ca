package spanner

import (
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// claimed tells whose an operation is that a caller claims, by its metadata and its name.
func (m *method) claimed(in starters.Want[call], op lro.Operation) starters.Owner {
	c := newCandidate(op)
	switch {
	case op.Name == "":
		return starters.Unmarked
	case !c.isOf(m) || parent(c.Name) != in.Target || in.Request.owner(c.metadata) == starters.Others:
		return starters.Others
	default:
		return starters.Ours
	}
}
