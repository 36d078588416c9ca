package orphans

import (
	"time"

	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// Item is a running operation, or a resource that bears a key of awaitop.
type Item struct {
	// Ref is the operation; zero for a resource.
	Ref lro.Ref `json:"ref,omitzero"`
	// Resource is the full name of the resource, or of what the operation makes or changes if that is
	// known: "//spanner.googleapis.com/projects/p/instances/i".
	Resource string `json:"resource,omitempty"`
	// Key is the key that marks it, "" for an operation that bears none.
	Key string `json:"key,omitempty"`
	// Since is when the operation began or the resource was made, by the service's clock. Zero if it
	// does not say.
	Since time.Time `json:"since,omitzero"`
	// State is the resource's, in the service's word. "" for an operation, and if there is none.
	State string `json:"state,omitempty"`
	// Delete is the request that deletes the resource, such as
	// "DELETE https://spanner.googleapis.com/v1/projects/p/instances/i". Its host is the one that the worker reaches
	// the service at. "" if no request is known. A sweep never sends it.
	Delete string `json:"delete,omitempty"`
	// WithoutAuthentication says that the worker sends no credentials to the service, so that Delete takes none.
	WithoutAuthentication bool `json:"withoutAuthentication,omitempty"`
}

// runs reports whether the item is an operation. An operation in an Item runs.
func (i Item) runs() bool { return !i.Ref.IsZero() }

// undoes reports whether the item is an operation that takes back another one.
func (i Item) undoes() bool {
	key, _ := stepkey.Parse(i.Key)
	return key.Undoes
}
