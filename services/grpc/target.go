package grpc

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/internal/allowed"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// method is a method of google.longrunning.Operations that is about one operation.
type method struct {
	name string
	line func(*catalog.Collection, string) (catalog.RequestLine, bool)
	// known is true for a method that only the services have for which the catalog says so.
	known bool
}

var (
	getOperation    = method{"GetOperation", (*catalog.Collection).Get, false}
	cancelOperation = method{"CancelOperation", (*catalog.Collection).Cancel, false}
	deleteOperation = method{"DeleteOperation", (*catalog.Collection).Delete, false}
	waitOperation   = method{"WaitOperation", (*catalog.Collection).Wait, true}
)

const listOperations = "ListOperations"

// operation reports why a request about an operation is not sent. If the catalog knows that the service
// has no such method, the error is an [*lro.Error] with the code UNIMPLEMENTED.
func (c *Client) operation(ref lro.Ref, m method) error {
	if err := ref.Validate(); err != nil {
		return err
	}
	if err := c.check("ref", ref.Service, ref.Name); err != nil {
		return err
	}
	collections := catalog.CollectionsAt(ref.Service, ref.Name)
	has := func(of *catalog.Collection) bool {
		_, ok := m.line(of, ref.Name)
		return ok && of.Shape == catalog.Standard
	}
	if len(collections) == 0 && !m.known || slices.ContainsFunc(collections, has) {
		return nil
	}
	return requests.Unimplemented(m.name, ref.Service, ref.Name)
}

// listName is the field "name" of a List of a collection.
func (c *Client) listName(collection lro.Collection) (string, error) {
	if err := collection.Validate(); err != nil {
		return "", err
	}
	if err := c.check("collection", collection.Service, collection.Name); err != nil {
		return "", err
	}
	for _, of := range catalog.CollectionsAt(collection.Service, collection.Name+"/o") {
		if name, ok := of.ListName(collection.Name); ok && of.Shape == catalog.Standard {
			return name, nil
		}
	}
	if _, known := lro.KnownService(collection.Service); !known {
		// The services of the catalog that list below "operations" take the parent, all but a few.
		if parent, below := strings.CutSuffix(collection.Name, "/operations"); below {
			return parent, nil
		}
		return collection.Name, nil
	}
	return "", requests.Unimplemented(listOperations, collection.Service, collection.Name)
}

// check refuses what is not of the Client's service, or not allowed. The name is valid.
func (c *Client) check(field, service, name string) error {
	switch {
	case service != c.options.Service:
		return &lro.InvalidError{Field: field + ".service", Value: service, Want: c.options.Service + ", the service of this client", Problem: "is another"}
	case !allowed.ByAny(c.prefixes, name):
		return &lro.InvalidError{Field: field + ".name", Value: name, Want: "a name below one of the worker's allowed prefixes", Problem: "is not allowed"}
	default:
		return nil
	}
}
