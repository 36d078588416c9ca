package google

import (
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/catalog"
)

// checkOwnStep reports, as an [*lro.InvalidError], that a method is started by a step of its own.
func checkOwnStep(m *catalog.Method) error {
	own, is := names.OwnOf(m.ID)
	if !is {
		return nil
	}
	return invalid(&catalog.Error{
		Field: "method", Value: m.ID,
		Problem: "it has a step of its own", Want: "use " + own.Function + " of package workflows/spanner",
	})
}
