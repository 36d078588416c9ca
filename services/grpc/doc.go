// Package grpc is the [lro.Client] for one service that speaks google.longrunning.Operations over gRPC.
// Import it under another name beside google.golang.org/grpc:
//
//	import operations "github.com/awaitop/awaitop/services/grpc"
//
// A program that has a generated client takes that client's connection, with its credentials, endpoint
// and headers:
//
//	admin, err := database.NewDatabaseAdminClient(ctx)
//	client, err := operations.FromOperationsClient(lro.SpannerService, admin.LROClient)
//
// [New] connects by itself. A worker takes a client for each service, see worker.Options.Clients and
// [github.com/awaitop/awaitop/services.ByService].
//
// # Requests
//
// A Ref's name is checked by the service's own patterns, and by Options.AllowedPrefixes, before
// anything is sent. A method that the service does not have, by package catalog, is UNIMPLEMENTED and
// is not sent. Each request has the routing header x-goog-request-params, which generated clients leave
// out of WaitOperation. No retry policy of a generated client applies: a call makes three tries, as
// package rest does, each within Options.RequestTimeout, and within a Poller's budget.
//
// # Errors
//
// A failed request is an [lro.Error] with the service's google.rpc.Status and all its details. Its HTTP
// field has the status that the code has over HTTP. If no gRPC server has answered, the error has
// NoStatus, whatever code the gRPC library made up: a proxy's 404 is not the service's UNIMPLEMENTED.
//
// # Any
//
// Over gRPC metadata, response and details are bytes. Messages of types that the program imports, or
// that Options.Types has, become JSON. Others are kept encoded, see [lro.FromAny].
package grpc
