package orphans

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// PlaceKind says what a [Place] is.
type PlaceKind string

// The kinds.
const (
	// Parent is a resource below which to look.
	Parent PlaceKind = "parent"
	// Operations is a collection of operations.
	Operations PlaceKind = "operations"
	// Resources is a collection of resources that have labels.
	Resources PlaceKind = "resources"
	// Operation is one operation.
	Operation PlaceKind = "operation"
)

// Place is where a sweep still has to look.
type Place struct {
	Kind PlaceKind `json:"kind"`
	// Service and Name name a resource, a collection or an operation.
	Service string `json:"service"`
	Name    string `json:"name"`
	// Found says that it is, or is below, a resource that the sweep has found, or an operation that a wait was
	// for. If that is gone by then, it is no problem.
	Found bool `json:"found,omitempty"`
	// PageToken is that of the page to read, "" for the first. Skip is how many entries of it were
	// read.
	PageToken string `json:"pageToken,omitempty"`
	Skip      int    `json:"skip,omitempty"`
}

// FullName is the place's name with its service, such as "//spanner.googleapis.com/projects/p".
func (p Place) FullName() string { return "//" + p.Service + "/" + p.Name }

// FindInput is the input of FindMarked.
type FindInput struct {
	// Places are where to look, the next one last.
	Places []Place `json:"places"`

	invalid error
}

// UnmarshalJSON never fails: [FindInput.Validate] reports the error.
func (in *FindInput) UnmarshalJSON(raw []byte) error {
	type plain FindInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports an input that cannot be read.
func (in FindInput) Validate() error { return in.invalid }

// FindOutput is the result of FindMarked.
type FindOutput struct {
	// Items are the running operations, and the resources that bear a key.
	Items []Item `json:"items,omitempty"`
	// Places are where to look next, the next one last. None are left when all has been looked at.
	Places []Place `json:"places,omitempty"`
	// Seen counts what was looked at.
	Seen Seen `json:"seen"`
	// Problems are the places that could not be looked at.
	Problems []Problem `json:"problems,omitempty"`
}

// Seen counts what a sweep has looked at.
type Seen struct {
	// Operations are those that the lists have shown, ended ones too.
	Operations int `json:"operations"`
	// Resources are those with and without a key.
	Resources int `json:"resources"`
	// Waits are the AwaitOperations that were terminated or have timed out, see [LeftInput].
	Waits int `json:"waits,omitempty"`
}

// Add returns the sum of two counts.
func (s Seen) Add(more Seen) Seen {
	return Seen{Operations: s.Operations + more.Operations, Resources: s.Resources + more.Resources, Waits: s.Waits + more.Waits}
}

// Problem is why a place could not be looked at.
type Problem struct {
	// Place is its full name.
	Place string `json:"place"`
	// Status is the service's answer, or why nothing was sent.
	Status lro.Status `json:"status"`
}

// OwnersInput is the input of FindOwners.
type OwnersInput struct {
	// Marks are what to find the owners of.
	Marks []Mark `json:"marks"`

	invalid error
}

// UnmarshalJSON never fails: [OwnersInput.Validate] reports the error.
func (in *OwnersInput) UnmarshalJSON(raw []byte) error {
	type plain OwnersInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports an input that cannot be read.
func (in OwnersInput) Validate() error { return in.invalid }

// Mark is what FindOwners needs to know of an [Item].
type Mark struct {
	// Key is the item's, "" for an operation of which only the awaiter is asked.
	Key string `json:"key"`
	// Since is the item's.
	Since time.Time `json:"since,omitzero"`
	// Awaiter is the id of the AwaitOperation that awaits the operation if one does, "" for a resource.
	Awaiter string `json:"awaiter,omitempty"`
	// Operation is the operation as [OperationAttribute] has it, "" for a resource.
	Operation string `json:"operation,omitempty"`
	// Ref is the operation, zero for a resource.
	Ref lro.Ref `json:"ref,omitzero"`
}

// OwnersOutput is the result of FindOwners.
type OwnersOutput struct {
	// Owners are one for each key.
	Owners []Owner `json:"owners,omitempty"`
	// Awaiters are the ids of running workflows that await the operations of marks, by the mark's Awaiter.
	Awaiters map[string]string `json:"awaiters,omitempty"`
	// AwaitersCut says that not all running waits could be looked through, so that an awaiter may be missing.
	AwaitersCut bool `json:"awaitersCut,omitempty"`
	// RunsUnknown says that a RunOperation may await the operation of a mark, now or soon: no worker told what it awaits,
	// or it has yet to start or to adopt an operation on a target that fits.
	RunsUnknown bool `json:"runsUnknown,omitempty"`
	// Listed counts the workflows that were looked through.
	Listed int `json:"listed"`
	// Cut says that there are more workflows than are looked through. An owner that was not found may
	// be among them.
	Cut bool `json:"cut,omitempty"`
}
