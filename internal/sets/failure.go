package sets

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// Failure says why an operation of a set failed, or could not be read.
type Failure struct {
	Index int `json:"index"`
	// Type is lro.TypeOperationFailed or, for an operation that could not be read,
	// lro.TypePollFailed, lro.TypeOperationGone or lro.TypeProtocolError.
	Type lro.FailureType `json:"type"`
	// Status is the operation's error, or why it could not be read. In a set with many failures it
	// loses its details, then its message.
	Status *lro.Status `json:"status,omitempty"`
}

const (
	// maxFailuresSize bounds the failures of one result, in bytes of JSON: half of a payload.
	maxFailuresSize = lro.MaxEncodedSize / 2
	// tersePart of it is kept for failures that have lost their details.
	tersePart = maxFailuresSize / 2
	// terseMessage bounds their messages, in bytes.
	terseMessage = 100
)

// BoundFailures makes failures fit a result.
func BoundFailures(failures []Failure) []Failure {
	size := 0
	for i, f := range failures {
		if f.Status == nil {
			continue
		}
		bounded := f.Status.Bound()
		if size+lro.EncodedSize(bounded) > tersePart {
			bounded = &lro.Status{Code: f.Status.Code, Message: strings.ToValidUTF8(f.Status.Message[:min(len(f.Status.Message), terseMessage)], "")}
		}
		if size+lro.EncodedSize(bounded) > maxFailuresSize {
			bounded = &lro.Status{Code: f.Status.Code}
		}
		size += lro.EncodedSize(bounded)
		failures[i].Status = bounded
	}
	return failures
}

// validateFailures reports why failures are not those of n operations.
func validateFailures(failures []Failure, n int) error {
	for i, failure := range failures {
		if failure.Index < 0 || failure.Index >= n {
			return &lro.InvalidError{Field: fmt.Sprintf("result.failures[%d].index", i), Value: strconv.Itoa(failure.Index), Want: fmt.Sprintf("the index of one of %d operations", n)}
		}
	}
	return nil
}
