// Package testsuite is what the users of awaitop test their own workflows with:
// an operations service that does what a script says, in memory or over HTTP,
// on a clock that skips waiting.
//
// # A service
//
// A [Service] holds operations. Each follows its [Script]: how long it runs or
// how many polls find it running, what its metadata says meanwhile, how it ends,
// and what a cancel and a delete do.
//
//	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
//	ref := service.MustStart("projects/p/instances/i/operations/o", testsuite.Script{
//		RunsFor:  20 * time.Minute,
//		End:      testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key"),
//		OnCancel: testsuite.HonorCancel(30 * time.Second),
//	})
//
// A Service is an lro.Client. Code that speaks HTTP is pointed at a
// [Server], which has the real paths, bodies and errors of Spanner's admin API
// over the same state: what one of them starts, the other reads. Operations
// that HTTP methods start follow [Options].Plans.
//
// # Faults
//
// A [Fault] disturbs calls: a 503, a 429 with RetryInfo, a proxy's HTML page, a
// broken connection, a lost reply, a slow one. It is narrowed by method, name,
// call number and time, and several combine.
//
//	testsuite.Options{Faults: []testsuite.Fault{
//		testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 11*time.Minute),
//		testsuite.LoseReply().On(testsuite.MethodCreateInstance).Calls(1, 1),
//	}}
//
// # Time
//
// The [Service] takes a [Clock]. In a test of a workflow in Temporal's test
// environment it is [EnvClock](env.Now), given to the poll activity as well; in
// other tests a [ManualClock]. Nothing in this package starts work of its own:
// what an operation has become is worked out when it is looked at.
//
// # What happened
//
// The service records every call ([Service.Calls], [Service.Count],
// [Service.MaxConcurrent]); the Assert functions turn that into test failures.
// [TestClient] is the conformance suite for implementations of
// lro.Client.
package testsuite
