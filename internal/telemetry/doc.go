// Package telemetry has the names that awaitop's metrics and spans share: scope, attributes, and the
// labels of services.
package telemetry
