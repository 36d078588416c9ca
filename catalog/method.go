package catalog

// Method is a method that starts an operation.
type Method struct {
	// Service is whose method it is.
	Service *Service
	// ID is the method's id, such as "alloydb.projects.locations.clusters.create". Other versions may
	// have the same one.
	ID string
	// Verb is the HTTP method, such as "POST". A GET may look like a read: do not retry it blindly.
	Verb string
	// Path is the form of the request's path, without Service.Prefix, see [Match]. One that begins
	// with a slash has its own version.
	Path string
	// Shape is the form of the operation that it starts.
	Shape Shape
	// IDPlace is where the id of what it makes stands, Nowhere for a method that makes nothing.
	IDPlace Place
	// Body is the field of the body that has the resource: "" if the body is the resource itself, "-"
	// if there is neither.
	Body string
	// Type is the schema of the resource that it makes, and that get answers with.
	Type string
	// Places of fields that a starter sets.
	RequestID, ValidateOnly, UpdateMask, ETag, Force, AllowMissing Place
	// OperationID takes the caller's own id for the operation itself.
	OperationID Place
	// CanGet reports whether a GET of what it makes reads it.
	CanGet bool
	// Delete says how what it makes is deleted, and DeleteParameters which parameters that takes.
	Delete           Delete
	DeleteParameters []string
	deletes          template
	// Fields of what it makes, "" for one that it has not. Labels are those that the request can set.
	Labels, CreateTime, State, ResourceETag string
	// Metadata says what the operation's metadata tells, by an estimate.
	Metadata Metadata
	// Exactness is the best that tells its operation from others.
	Exactness Exactness
}

// Delete says how a resource is deleted.
type Delete string

// The ways.
const (
	// NoDelete: no DELETE of the resource's path is known.
	NoDelete Delete = ""
	// DeleteNow: the DELETE answers when the resource is gone, or going.
	DeleteNow Delete = "now"
	// DeleteByOperation: the DELETE starts an operation.
	DeleteByOperation Delete = "op"
)

// Metadata says what an operation's metadata tells.
type Metadata struct {
	// Time: when the operation was made or began.
	Time bool
	// Resource: what it works on.
	Resource bool
	// Verb: which method it is of.
	Verb bool
	// Request: the whole request.
	Request bool
	// User: who sent the request.
	User bool
}

// Key is the method's id with its service and version: "alloydb/v1:alloydb.projects...".
func (m *Method) Key() string { return m.Service.String() + ":" + m.ID }

// Makes reports whether the method makes a resource.
func (m *Method) Makes() bool { return m.IDPlace.In != Nowhere }
