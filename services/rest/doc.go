// Package rest is the [lro.Client] for every service that speaks
// google.longrunning in the uniform HTTP mapping:
//
//	GET    {endpoint}/{version}/{name}         GetOperation
//	POST   {endpoint}/{version}/{name}:cancel  CancelOperation
//	DELETE {endpoint}/{version}/{name}         DeleteOperation
//	GET    {endpoint}/{version}/{collection}   ListOperations
//	POST   {endpoint}/{version}/{name}:wait    WaitOperation, of services that have it
//
// 611 of the 621 operation collections in Google's discovery documents have
// this shape; eight more need a constant path before the name, see
// [Service.Prefix]. The zero [Options] reach Cloud Spanner with the application
// default credentials:
//
//	client, err := rest.New(ctx, rest.Options{})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	op, err := client.GetOperation(ctx, ref)
//
// # What a workflow can reach
//
// A Ref names a service and a resource, never an address. The worker's configuration says which
// services there are, where they are, and which resources may be named ([Options.Services],
// [Options.AllowedPrefixes]). Any other Ref is an [lro.InvalidError] before a request is made or a
// token is fetched. Redirects are not followed, and credentials never leave the machine over plain
// HTTP.
//
// # Errors
//
// A failed request is an [lro.Error] with the service's own google.rpc.Status and all its details,
// of known and unknown types. It is read from the body: {"error": {...}} with a status or with the
// errors of the older form, or the bare {"code", "message", "details"} of grpc-gateway (the Spanner
// emulator), either of them inside an array. A numeric code is required. The reason of an older
// entry becomes a google.rpc.ErrorInfo, so that there is one place to look for reasons. A 2xx that
// holds such an error is one, too.
//
// An error reply of another form comes from a front end or a proxy, not from the API. The error is
// marked with NoStatus. Its code never says what only the API knows: a 404 is UNKNOWN, a 501
// UNAVAILABLE. Its message has HTTP's status, the media type and the first 80 bytes on one line.
//
// A transient failure is tried again within the call: three tries in all, with less than two
// seconds of waiting between them. Quota errors, and errors with advice to wait, are not tried
// again: the caller owns the budget, and the activities wait. Under a [poller.Poller] each try is
// within its budget, and waits for its turn with the priority of the call.
//
// # Telemetry
//
// Each HTTP request, and so each try, is one OpenTelemetry client span of the
// global tracer provider, made by the transport of cloud.google.com/go/auth.
package rest
