package telemetry

import (
	"os"

	"go.opentelemetry.io/otel/attribute"
)

// attributeOfService names the service "awaitop", unless OTEL_SERVICE_NAME names it.
func attributeOfService() []attribute.KeyValue {
	if os.Getenv("OTEL_SERVICE_NAME") != "" {
		return nil
	}
	return []attribute.KeyValue{attribute.String("service.name", "awaitop")}
}
