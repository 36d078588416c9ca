package telemetry

import "go.opentelemetry.io/otel/attribute"

// Scope is the name under which awaitop makes metrics and spans. They go to the global providers of
// OpenTelemetry, as those of its HTTP transport do.
const Scope = "github.com/awaitop/awaitop"

// Attributes of metrics. No metric names an operation, because their number is unbounded.
const (
	// ServiceKey is the service, such as spanner.googleapis.com.
	ServiceKey = attribute.Key("gcp.service")
	// PriorityKey is a request's poller.Priority.
	PriorityKey = attribute.Key("awaitop.priority")
)

// Attributes of spans, named as google-cloud-go names them.
const (
	// ResourceKey is the operation's name, or that of a collection.
	ResourceKey = attribute.Key("gcp.resource.destination.id")
	// DoneKey is whether the operation has ended.
	DoneKey = attribute.Key("gcp.longrunning.done")
	// StatusKey is the number of a google.rpc.Code.
	StatusKey = attribute.Key("gcp.longrunning.status_code")
)
