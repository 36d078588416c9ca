// Package services has a package for each way to reach operations APIs. Each is an lro.Client:
// [github.com/awaitop/awaitop/services/rest] over HTTP and JSON, for every service of package catalog,
// [github.com/awaitop/awaitop/services/grpc] over gRPC, for one service. [ByService] makes one client of
// many, with a client for each service.
package services
