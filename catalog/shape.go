package catalog

// Shape is the form of a service's operations: which fields they have, which words for states, and
// how a request line differs from the standard one.
type Shape string

// The shapes.
const (
	// Standard is google.longrunning.Operation.
	Standard Shape = "standard"
	// Compute is Compute Engine's: status PENDING, RUNNING or DONE, and targetLink.
	Compute Shape = "compute"
	// SQLAdmin is Cloud SQL's: status PENDING, RUNNING or DONE, and targetLink.
	SQLAdmin Shape = "sqladmin"
	// Container is GKE's: status PENDING, RUNNING, DONE or ABORTING, and targetLink.
	Container Shape = "container"
	// DNS is that of Cloud DNS's managed zones: status pending or done.
	DNS Shape = "dns"
	// Storage is Cloud Storage's: the fields of the standard one at paths of its own.
	Storage Shape = "storage"
)
