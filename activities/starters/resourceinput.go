package starters

import (
	"encoding/json"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ResourceInput names a resource to be read.
type ResourceInput struct {
	// Name is the resource's name, such as "projects/p/instances/i".
	Name string `json:"name"`
	// Method is the API's method that made the resource, for a getter of many kinds of resources. A
	// getter of one kind ignores it.
	Method string `json:"method,omitempty"`
	// Type is the full name of the message that the caller takes the resource for, such as
	// "google.cloud.redis.v1.Instance". A getter of many kinds of resources refuses a Method whose target is of another
	// type. A getter of one kind ignores it. "" for any.
	Type string `json:"type,omitempty"`
	// Succeeded is when the operation that made the resource has succeeded, by Temporal's clock, as in
	// [RemoveInput]. Zero to take the first answer.
	Succeeded time.Time `json:"succeeded,omitzero"`
	// Insist lets an attempt that is refused with 401 or 403 be tried again: the service has let the caller make the
	// resource, and a change of IAM takes minutes to spread.
	Insist bool `json:"insist,omitempty"`
	// Deadline is when the read is given up on. An attempt that fails so late that the next would begin after it is
	// final. Zero for never.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// ResourceOutput is a resource as the service returned it.
type ResourceOutput struct {
	// Found is false if there is no resource of that name.
	Found bool `json:"found"`
	// Resource is the resource in the API's JSON.
	Resource json.RawMessage `json:"resource,omitempty"`
}

// UnmarshalJSON never fails: the activity reports what is wrong with raw, as a typed failure. It
// ignores a field that this release does not have.
func (in *ResourceInput) UnmarshalJSON(raw []byte) error {
	type plain ResourceInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (in ResourceInput) Validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	return lro.ValidateTarget("name", in.Name)
}
