package workflows

import (
	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Validate reports why [RunOperation] would refuse in before it asks the catalog, as the same
// lro.TypeInvalidInput failure. It sends nothing.
func (in *RunInput) Validate() error {
	if err := in.validate(); err != nil {
		return activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	return nil
}
