// Package monitoring has a Grafana dashboard and Prometheus alert rules for awaitop's
// workers. It is a module of its own, outside of the workspace: its tests parse both with
// Prometheus' own parser, and check the manifests of ../deploy by the types and schemas of
// their APIs.
//
//	cd monitoring && GOWORK=off go test ./...
package monitoring
