package starters

import "github.com/awaitop/awaitop/lro"

// CheckInput is the input of an activity that checks a start: it starts nothing.
type CheckInput struct {
	// Start is what is to be started.
	Start StartInput `json:"start"`
	// Ahead says that something which the start needs is not there yet, such as what an earlier step is to
	// make. The service is then not asked, because it would refuse the request.
	Ahead bool `json:"ahead,omitempty"`

	invalid error
}

// UnmarshalJSON never fails: the activity reports what is wrong with raw, as a typed failure. It
// ignores a field that this release does not have.
func (in *CheckInput) UnmarshalJSON(raw []byte) error {
	type plain CheckInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (in CheckInput) Validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	return in.Start.Validate()
}

// CheckOutput is what is known of a start before it is made.
type CheckOutput struct {
	// Read says that the target was read. Exists says that it is there, and Owner whose it is by its mark.
	Read   bool  `json:"read,omitempty"`
	Exists bool  `json:"exists,omitempty"`
	Owner  Owner `json:"owner,omitempty"`
	// Checked says that the service has checked the request, without carrying it out. Unchecked is why it was
	// not asked, in words.
	Checked   bool   `json:"checked,omitempty"`
	Unchecked string `json:"unchecked,omitempty"`
	// Refusal is why the service would refuse the request, nil if that is not known: what a check has said, or
	// ALREADY_EXISTS if the start makes a target that is there and another's.
	Refusal *lro.Status `json:"refusal,omitempty"`
	// Exactness is what tells the operation from others after a lost reply, in words.
	Exactness string `json:"exactness,omitempty"`
}
