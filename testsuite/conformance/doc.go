// Package conformance is the suite that every [lro.Client] must pass: for authors of
// a client for a transport or an operations API of their own.
//
//	func TestClient(t *testing.T) {
//		conformance.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
//			return myclient.New(service.Serve(t)) // the address of a server of its own
//		})
//	}
//
// Each subtest has a scripted service with one operation, calls the client, and
// compares what the client returns: the operation value for value, a page of a
// List, or an error with its class, its code, the ErrorInfo's reason and the
// server's advice. A client that passes can stand wherever *rest.Client can: under a
// poller.Poller, in activities.New and in worker.Options.
package conformance
