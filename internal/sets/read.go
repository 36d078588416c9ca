package sets

import (
	"fmt"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ReadInput is the input of ReadOperations.
type ReadInput struct {
	Operations Set `json:"operations"`
	// From is the index of the first operation to read.
	From int `json:"from,omitempty"`
	// Insist retries each refusal but NOT_FOUND, too, as the activity's retry policy says. It is
	// for operations that have been read before.
	Insist bool `json:"insist,omitempty"`
	// Deadline is as in activities.OperationInput.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// ReadOutput is a page of a set.
type ReadOutput struct {
	// Operations are those from From on.
	Operations []lro.Operation `json:"operations"`
	// Next is the index of the next page's first operation, 0 if there is none.
	Next int `json:"next,omitempty"`
}

// UnmarshalJSON never fails, see activities.OperationInput.
func (in *ReadInput) UnmarshalJSON(raw []byte) error {
	type plain ReadInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Refs returns the operations by index, or an [*lro.InvalidError] if the input is invalid.
func (in ReadInput) Refs() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	refs, err := in.Operations.Refs()
	if err == nil && (in.From < 0 || in.From >= len(refs)) {
		err = &lro.InvalidError{Field: "from", Value: strconv.Itoa(in.From), Want: "the index of one of the " + strconv.Itoa(len(refs)) + " operations"}
	}
	return refs, err
}

// Validate reports why out is not a page of a ReadOperations.
func (out ReadOutput) Validate(in ReadInput) error {
	n, left := len(out.Operations), in.Operations.Len()-in.From
	if n == 0 || n > left || out.Next != 0 && out.Next != in.From+n || out.Next == 0 && n != left {
		return &lro.InvalidError{Field: "result.operations", Value: fmt.Sprintf("%d operations", n), Want: fmt.Sprintf("a page of the %d that are left", left)}
	}
	return nil
}
