package telemetry

import (
	"os"

	"go.opentelemetry.io/otel/attribute"
)

// attributeOfService names the service, unless the environment does.
func attributeOfService() []attribute.KeyValue {
	if os.Getenv("OTEL_SERVICE_NAME") != "" {
		return nil
	}
	return []attribute.KeyValue{attribute.String("service.name", "awaitop")}
}
