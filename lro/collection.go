package lro

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// Collection names a collection of operations, which a List reads: the service and the name of the
// collection, such as "projects/p/instances/i/operations". The zero Collection names nothing. Its
// text and JSON form is that of a [Ref],
//
//	//spanner.googleapis.com/projects/p/instances/i/operations
type Collection struct {
	// Service is the service's DNS name, such as "spanner.googleapis.com".
	Service string
	// Name is the collection's name: an operation's without its last segment, or
	// one of Spanner's aggregates.
	Name string
}

// collectionForm is the text form, for messages.
const collectionForm = "//SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations"

// aggregates are collections across the children of a parent, by service
// (cloud.google.com/spanner/docs/reference/rest, v1).
var aggregates = map[string][]string{
	SpannerService: {
		"projects/*/instances/*/databaseOperations",
		"projects/*/instances/*/backupOperations",
		"projects/*/instances/*/instancePartitionOperations",
		"projects/*/instanceConfigOperations",
	},
}

// Collection returns the collection that the operation is listed in; zero for a Ref
// whose name has one segment.
func (r Ref) Collection() Collection {
	i := strings.LastIndexByte(r.Name, '/')
	if i <= 0 {
		return Collection{}
	}
	return Collection{Service: r.Service, Name: r.Name[:i]}
}

// Aggregate returns the collection that lists the operation together with those of its resource's
// siblings: .../instances/i/databaseOperations lists those of all databases. It is zero if the
// service has none.
func (r Ref) Aggregate() Collection {
	resource, ok := strings.CutSuffix(r.Collection().Name, "/operations")
	parent, _ := cutLast(resource)
	parent, children := cutLast(parent)
	name := parent + "/" + strings.TrimSuffix(children, "s") + "Operations"
	if !ok || !isAggregate(r.Service, name) {
		return Collection{}
	}
	return Collection{Service: r.Service, Name: name}
}

// cutLast cuts a name before its last segment.
func cutLast(name string) (before, last string) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// SameOperation reports whether a reply names the requested operation. It compares the last
// segments alone, because a service may write a project's number for its id. A reply may have no
// name.
func SameOperation(asked, replied string) bool {
	_, want := cutLast(asked)
	_, got := cutLast(replied)
	return replied == "" || got == want
}

// ParseCollection reads the text form of a Collection and validates it. The error is
// an [*InvalidError] for "collection" or a field below it.
func ParseCollection(text string) (Collection, error) {
	service, name, ok := cutFullName(text)
	if !ok {
		return Collection{}, &InvalidError{Field: "collection", Value: text, Want: collectionForm}
	}
	c := Collection{Service: service, Name: name}
	if err := c.Validate(); err != nil {
		return Collection{}, err
	}
	return c, nil
}

// String returns the text form, and "" for the zero Collection.
func (c Collection) String() string { return fullName(c.Service, c.Name) }

// IsZero reports whether c names nothing.
func (c Collection) IsZero() bool { return c == Collection{} }

// MarshalText writes the text form.
func (c Collection) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the text form; the empty text is the zero Collection. Whether
// the name is a collection's is for [Collection.Validate] to say.
func (c *Collection) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Collection{}
		return nil
	}
	service, name, ok := cutFullName(string(text))
	if !ok {
		return &InvalidError{Field: "collection", Value: string(text), Want: collectionForm}
	}
	*c = Collection{Service: service, Name: name}
	return nil
}

// Validate reports why c cannot be listed, as an [*InvalidError]: for "collection" if it is zero,
// else for "collection.service" or "collection.name".
func (c Collection) Validate() error {
	if c.IsZero() {
		return &InvalidError{Field: "collection", Want: collectionForm, Problem: "is missing"}
	}
	if err := validateService("collection.service", c.Service); err != nil {
		return err
	}
	problem := nameProblem(c.Name, true)
	if problem == "" && !c.isCollection() {
		problem = "names no collection of operations of " + c.Service
	}
	if problem == "" {
		return nil
	}
	return &InvalidError{Field: "collection.name", Value: c.Name, Want: "a collection's name, such as projects/p/instances/i/operations", Problem: problem}
}

func (c Collection) isCollection() bool {
	return operationNameProblem(c.Service, c.Name+"/o") == "" || isAggregate(c.Service, c.Name)
}

func isAggregate(service, name string) bool {
	service, _ = KnownService(service) // that of a regional host
	return slices.ContainsFunc(aggregates[service], func(p string) bool { return catalog.Match(p, name) })
}
