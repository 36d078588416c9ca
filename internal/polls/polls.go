package polls

import (
	"fmt"
	"math"
	"strconv"

	"github.com/awaitop/awaitop/lro"
)

// Max is the largest number of reads that awaitop counts. A program whose numbers are doubles,
// as JavaScript's, reads it exactly.
const Max = min(1<<53, math.MaxInt)

// Validate reports a number of reads that is negative or over [Max] as an
// [*lro.InvalidError] for the given field.
func Validate(field string, polls int) error {
	if polls >= 0 && polls <= Max {
		return nil
	}
	return &lro.InvalidError{Field: field, Value: strconv.Itoa(polls), Want: fmt.Sprintf("0 to %d", Max)}
}

// Add returns the sum of two numbers of reads, at most [Max]. A negative number counts as none.
func Add(polls, more int) int {
	polls = min(max(polls, 0), Max)
	return polls + min(max(more, 0), Max-polls)
}
