// Package testsuite tests workflows that await, start and undo operations, without a
// cloud and without waiting: Temporal's test environment with all that a worker of
// awaitop has, over a scripted operations service.
//
//	func TestProvisionOrders(t *testing.T) {
//		env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
//			"CreateInstance": {{RunsFor: 20 * time.Minute}},
//			"CreateDatabase": {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeInternal, "no")}},
//		}})
//		env.ExecuteWorkflow(ProvisionOrders)
//		testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeInternal)
//		env.AssertNothingLeft(t)
//	}
//
// The package has the name of the SDK's own, go.temporal.io/sdk/testsuite. A test
// needs that one no more: [Env] has all of its TestWorkflowEnvironment.
//
// # A service
//
// A [Service] holds operations and Spanner's resources. Each operation follows a
// [Script]: how long it runs, or how many reads find it running; its metadata
// meanwhile; how it ends; what a cancel does. A method of Spanner that starts an
// operation takes its script from a plan ([Options].Plans, [Service.Plan],
// [Service.PlanFor]). [Service.Start] starts an operation as another program would,
// or as the API of a starter of the test's own.
//
// The service refuses what Spanner refuses. A step on a resource that is still
// CREATING, or beside an operation that forbids it, is FAILED_PRECONDITION. Drop
// protection holds. A request with an unknown field is INVALID_ARGUMENT.
//
// # Faults
//
// A [Fault] disturbs calls: a lost reply, a 503, a 429 with RetryInfo, a proxy's HTML
// page, a broken connection, a slow one. It is narrowed by method, resource, call and
// time, and several combine.
//
//	testsuite.Options{Faults: []testsuite.Fault{
//		testsuite.LostReply().On("CreateInstance").Times(1),
//		testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 11*time.Minute),
//	}}
//
// # Time
//
// In an Env all time is skipped, that of timers and that between two polls. The script
// of an operation counts the same time. A cancel after ten minutes is
//
//	env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
//
// # Assertions
//
// [Service.AssertNothingLeft] asserts that what a workflow made is gone,
// [Service.AssertReady] that it is there. [AssertFailure] and [AssertCancellation]
// read the workflow's error. [Service.Calls] has the record of every call.
//
// # Several services
//
// An Env has a service for each [Options] of [NewEnv]. A starter of the test's own starts
// its operations on the service that it names:
//
//	env := testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: "library.example.com"})
//	ref := env.On("library.example.com").Start("operations/1", testsuite.Script{RunsFor: time.Hour})
//
// # Services of the catalog
//
// A Service of package catalog, such as "alloydb.googleapis.com", serves its start methods, and the gets,
// lists and deletes of what they make, by what the catalog says of them: the place of the id, requestId,
// validateOnly, labels, etag, force, the form and the metadata of operations. A method has the catalog's
// id wherever it is named. A requestId answers with its first operation for an hour, whatever the body of
// the repeated request is. A start on what another operation works on is refused.
//
//	alloydb := testsuite.ForTest(t, testsuite.Options{Service: "alloydb.googleapis.com"})
//	alloydb.AddFaults(testsuite.LostReply().On("alloydb.projects.locations.clusters.create").Times(1))
//
// What the catalog does not say, the service does not check: other fields and parameters are taken as they
// are. [Service.Started] counts what a method has really started.
//
// Package testsuite/conformance is for authors of a client.
package testsuite
