package activities

import (
	"errors"

	"github.com/awaitop/awaitop/lro"
)

// isFinal reports whether a cancel or a delete that failed with err is not to be sent again,
// because the API says that asking again gives the same answer. A front end's 401 or 403 does not
// say so.
func isFinal(err error) bool {
	var failed *lro.Error
	if errors.As(err, &failed) && failed.NoStatus {
		return false
	}
	return !lro.Classify(err).Retryable()
}
