package poller

import "github.com/awaitop/awaitop/lro"

// family names the operations that one List may answer.
func family(ref lro.Ref) lro.Collection {
	if aggregate := ref.Aggregate(); !aggregate.IsZero() {
		return aggregate
	}
	return ref.Collection()
}
